import type { ExperimentInfo } from '@heddle/core';
import { FlaskConical, Plus } from 'lucide-react';
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
import { NewExperiment } from './NewExperiment.js';

/** The list of experiments, with a button that starts one. */
export function ExperimentList({ tabs }: { readonly tabs: ReactElement }): ReactElement {
  const experiments = useGet('/api/experiments', {}, ({ experiments }) => experiments);
  const [isCreating, setCreating] = useState(false);
  const create = (
    <IfMay permission="run:draft">
      <button type="button" className="button button-primary" onClick={() => setCreating(true)}>
        <Plus size={15} aria-hidden /> New experiment
      </button>
    </IfMay>
  );
  return (
    <PageLayout title="Experiments" actions={experiments.value?.length === 0 ? undefined : create}>
      {tabs}
      <Section
        title="Variants on the same rows"
        loaded={experiments}
        empty={
          <EmptyState Icon={FlaskConical} action={create}>
            No experiments yet. An experiment runs versions, models, prompts or settings on the rows of a dataset and
            says which one is better, by how much, and how sure that is.
          </EmptyState>
        }
      >
        {(list) => (
          <ul className="rows">
            {list.map((experiment) => (
              <ExperimentLine key={experiment.id} experiment={experiment} />
            ))}
          </ul>
        )}
      </Section>
      {isCreating ? <NewExperiment onClose={() => setCreating(false)} /> : null}
    </PageLayout>
  );
}

function ExperimentLine({
  experiment: { id, name, status, rows, variants, cells, createdAt, dataset },
}: {
  readonly experiment: ExperimentInfo;
}): ReactElement {
  const now = useNow(false);
  const ended = cells.done + cells.failed + cells.cancelled;
  return (
    <li>
      <Link href={qualityPath('experiments', id)} className="row">
        <span className="row-main">
          <span className="row-title" dir="auto" data-tip={name}>
            {name}
          </span>
          <span className="quiet" dir="auto">
            {rows} × {variants.length} on {dataset.name}
          </span>
        </span>
        <span className="row-figures figure">
          <span>{status === 'running' ? `${ended} of ${ended + cells.waiting + cells.running}` : status}</span>
          <span className="quiet">{formatAgo(createdAt, now)}</span>
        </span>
      </Link>
    </li>
  );
}
