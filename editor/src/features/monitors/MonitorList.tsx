import type { MonitorReply } from '@heddle/core';
import { Activity, Plus } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { useReloadInterval } from '../../data/queries/use-reload-interval.js';
import { useGet } from '../../data/queries/use-get.js';
import { useWorkflows } from '../../data/queries/use-workflows.js';
import { Link } from '../../ui/navigation/Link.js';
import { qualityPath } from '../../ui/navigation/route.js';
import { EmptyState } from '../../ui/states/EmptyState.js';
import { IfMay } from '../../ui/states/IfMay.js';
import { PageLayout } from '../../ui/states/PageLayout.js';
import { Section } from '../../ui/states/Section.js';
import { MonitorDialog } from './MonitorDialog.js';
import { countsText, stateText } from './monitor-text.js';
import styles from './monitors.module.css';

const everyMs = 15_000;

/** The list of monitors, with a button that creates one. */
export function MonitorList({ tabs }: { readonly tabs: ReactElement }): ReactElement {
  const monitors = useGet('/api/monitors', {}, ({ monitors: list }) => list);
  useReloadInterval(monitors.again, everyMs);
  const workflows = useWorkflows();
  const [isCreating, setCreating] = useState(false);
  const create = (
    <IfMay permission="workflow:publish">
      <button type="button" className="button button-primary" onClick={() => setCreating(true)}>
        <Plus size={15} aria-hidden /> New monitor
      </button>
    </IfMay>
  );
  return (
    <PageLayout title="Monitors" actions={monitors.value?.length === 0 ? undefined : create}>
      {tabs}
      <Section
        title="Runs in production"
        loaded={monitors}
        empty={
          <EmptyState Icon={Activity} action={create}>
            No monitors yet. A monitor judges a share of the finished runs of a workflow, within a budget, and tells
            when inputs, retrieval, refusals, lengths or routes are no longer what they were.
          </EmptyState>
        }
      >
        {(list) => (
          <ul className="rows">
            {list.map((monitor) => (
              <MonitorLine key={monitor.id} monitor={monitor} workflow={workflows.nameOf(monitor.workflow)} />
            ))}
          </ul>
        )}
      </Section>
      {isCreating ? (
        <MonitorDialog monitor={undefined} workflows={workflows.choices} onClose={() => setCreating(false)} />
      ) : null}
    </PageLayout>
  );
}

function MonitorLine({
  monitor,
  workflow,
}: {
  readonly monitor: MonitorReply;
  readonly workflow: string;
}): ReactElement {
  const { id, name, drifts } = monitor;
  return (
    <li>
      <Link href={qualityPath('monitors', id)} className="row">
        <span className="row-main">
          <span className="row-title" dir="auto" data-tip={name}>
            {name}
          </span>
          <span className="quiet" dir="auto">
            {workflow} · {countsText(monitor)}
          </span>
        </span>
        <span className="row-figures figure">
          <span>{stateText(monitor)}</span>
          {drifts === 0 ? null : (
            <span className={styles['drift-mark']}>{drifts === 1 ? 'Drift' : `${drifts} kinds of drift`}</span>
          )}
        </span>
      </Link>
    </li>
  );
}
