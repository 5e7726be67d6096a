import type { LabSummary } from '@heddle/core';
import { Microscope, Plus } from 'lucide-react';
import { useEffect, useState, type ReactElement } from 'react';
import { useGet } from '../../data/queries/use-get.js';
import { useJobs } from '../../data/queries/use-topic.js';
import { formatAgo } from '../../ui/format/format-time.js';
import { useNow } from '../../ui/format/use-now.js';
import { Link } from '../../ui/navigation/Link.js';
import { qualityPath } from '../../ui/navigation/route.js';
import { EmptyState } from '../../ui/states/EmptyState.js';
import { IfMay } from '../../ui/states/IfMay.js';
import { PageLayout } from '../../ui/states/PageLayout.js';
import { Section } from '../../ui/states/Section.js';
import { summaryText } from './lab-text.js';
import { labPath } from './labs-path.js';
import { NewLab } from './NewLab.js';

/** The labs of all datasets, with a button that starts one. */
export function LabList({
  tabs,
  begin,
}: {
  readonly tabs: ReactElement;
  /** The dataset and collection with which the dialog opens. */
  readonly begin: { readonly dataset: string | undefined; readonly collection: string } | undefined;
}): ReactElement {
  const labs = useGet('/api/labs', {}, (reply) => reply.labs);
  const { again } = labs;
  const news = useJobs()
    .filter(({ kind }) => kind === 'lab')
    .map(({ jobId, status }) => `${jobId} ${status}`)
    .join();
  useEffect(() => again(), [news, again]);
  const [isCreating, setCreating] = useState(begin !== undefined);
  const create = (
    <IfMay permission="workflow:write">
      <button type="button" className="button button-primary" onClick={() => setCreating(true)}>
        <Plus size={15} aria-hidden /> New lab
      </button>
    </IfMay>
  );
  return (
    <PageLayout title="Labs" actions={labs.value?.length === 0 ? undefined : create}>
      {tabs}
      <Section
        title="Ways to index and search"
        loaded={labs}
        empty={
          <EmptyState
            Icon={Microscope}
            action={create}
            example={<Link href={qualityPath('datasets')}>Get labelled questions into a dataset</Link>}
          >
            No labs yet. A lab indexes and searches a collection in many ways, asks each the labelled questions of a
            dataset, and says which way finds more, by how much, and how sure that is.
          </EmptyState>
        }
      >
        {(list) => (
          <ul className="rows">
            {list.map((lab) => (
              <LabLine key={lab.id} lab={lab} />
            ))}
          </ul>
        )}
      </Section>
      {isCreating ? (
        <NewLab
          dataset={begin?.dataset ?? ''}
          collection={begin?.collection ?? ''}
          onClose={() => setCreating(false)}
        />
      ) : null}
    </PageLayout>
  );
}

function LabLine({ lab }: { readonly lab: LabSummary }): ReactElement {
  const now = useNow(false);
  const { id, dataset, datasetName, collection, configurations, questions, createdAt } = lab;
  return (
    <li>
      <Link href={labPath(dataset, id)} className="row">
        <span className="row-main">
          <span className="row-title">
            {collection}: {configurations} configurations
          </span>
          <span className="quiet" dir="auto">
            {questions} questions of {datasetName}
          </span>
        </span>
        <span className="row-figures figure">
          <span>{summaryText(lab)}</span>
          <span className="quiet">{formatAgo(createdAt, now)}</span>
        </span>
      </Link>
    </li>
  );
}
