import type { ReplayInfo } from '@heddle/core';
import { History, Plus } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { useGet } from '../../data/queries/use-get.js';
import { formatAgo } from '../../ui/format/format-time.js';
import { useNow } from '../../ui/format/use-now.js';
import { Link } from '../../ui/navigation/Link.js';
import { qualityPath } from '../../ui/navigation/route.js';
import { EmptyState } from '../../ui/states/EmptyState.js';
import { IfMay } from '../../ui/states/IfMay.js';
import { PageLayout } from '../../ui/states/PageLayout.js';
import { Section } from '../../ui/states/Section.js';
import { countsText } from './counts-text.js';
import { StartReplay } from './StartReplay.js';

/** The list of replays, with a button that starts one. */
export function ReplayList({ tabs }: { readonly tabs: ReactElement }): ReactElement {
  const replays = useGet('/api/replays', {}, ({ replays: list }) => list);
  const [isStarting, setStarting] = useState(false);
  const start = (
    <IfMay permission="run:draft">
      <button type="button" className="button button-primary" onClick={() => setStarting(true)}>
        <Plus size={15} aria-hidden /> New replay
      </button>
    </IfMay>
  );
  return (
    <PageLayout title="Replays" actions={replays.value?.length === 0 ? undefined : start}>
      {tabs}
      <Section
        title="Recorded runs on a draft, without effects"
        loaded={replays}
        empty={
          <EmptyState Icon={History} action={start}>
            No replays yet. A replay runs the last runs of a workflow again on its draft. Requests, tools, people and
            stores answer from the record, so nothing is sent. You see which answers change before you publish.
          </EmptyState>
        }
      >
        {(list) => (
          <ul className="rows">
            {list.map((replay) => (
              <ReplayLine key={replay.id} replay={replay} />
            ))}
          </ul>
        )}
      </Section>
      {isStarting ? <StartReplay onClose={() => setStarting(false)} /> : null}
    </PageLayout>
  );
}

function ReplayLine({
  replay: { id, workflowName, version, state, rows, createdAt },
}: {
  readonly replay: ReplayInfo;
}): ReactElement {
  const now = useNow(false);
  return (
    <li>
      <Link href={qualityPath('replays', id)} className="row">
        <span className="row-main">
          <span className="row-title" dir="auto" data-tip={workflowName}>
            {workflowName}
          </span>
          <span className="quiet">{version === undefined ? 'Draft' : `Version ${version}`}</span>
        </span>
        <span className="row-figures figure">
          <span>{countsText(rows)}</span>
          <span className="quiet">
            {state} · {formatAgo(createdAt, now)}
          </span>
        </span>
      </Link>
    </li>
  );
}
