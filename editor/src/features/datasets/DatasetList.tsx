import type { DatasetInfo } from '@heddle/core';
import { Plus, Table2 } from 'lucide-react';
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
import { countOf } from '../../ui/format/count-of.js';
import { CreateDataset } from './CreateDataset.js';

/** The list of datasets, with a button that creates one. */
export function DatasetList({ tabs }: { readonly tabs: ReactElement }): ReactElement {
  const datasets = useGet('/api/datasets', {}, ({ datasets }) => datasets);
  const [creating, setCreating] = useState<'empty' | 'example'>();
  const isEmpty = datasets.value?.length === 0;
  const create = (
    <IfMay permission="workflow:write">
      <button type="button" className="button button-primary" onClick={() => setCreating('empty')}>
        <Plus size={15} aria-hidden /> New dataset
      </button>
    </IfMay>
  );
  return (
    <PageLayout title="Datasets" actions={isEmpty ? undefined : create}>
      {tabs}
      <Section
        title="Rows with inputs and right answers"
        loaded={datasets}
        empty={
          <EmptyState
            Icon={Table2}
            action={create}
            example={
              <IfMay permission="workflow:write">
                <button type="button" className="button" onClick={() => setCreating('example')}>
                  Start with an example
                </button>
              </IfMay>
            }
          >
            No datasets yet. A dataset holds questions with their right answers, so that two versions, models or prompts
            can be compared by numbers. Fill one from a file or from finished runs.
          </EmptyState>
        }
      >
        {(list) => (
          <ul className="rows">
            {list.map((dataset) => (
              <DatasetLine key={dataset.id} dataset={dataset} />
            ))}
          </ul>
        )}
      </Section>
      {creating === undefined ? null : (
        <CreateDataset isExample={creating === 'example'} onClose={() => setCreating(undefined)} />
      )}
    </PageLayout>
  );
}

function DatasetLine({
  dataset: { id, name, description, version, rows, updatedAt },
}: {
  readonly dataset: DatasetInfo;
}): ReactElement {
  const now = useNow(false);
  return (
    <li>
      <Link href={qualityPath('datasets', id)} className="row">
        <span className="row-main">
          <span className="row-title" dir="auto" data-tip={name}>
            {name}
          </span>
          {description === '' ? null : (
            <span className="quiet" dir="auto">
              {description}
            </span>
          )}
        </span>
        <span className="row-figures figure">
          <span>{countOf(rows, 'row')}</span>
          <span className="quiet">
            {version === 0 ? 'no version' : `version ${version}`} · {formatAgo(updatedAt, now)}
          </span>
        </span>
      </Link>
    </li>
  );
}
