import type { ReactElement } from 'react';
import { useGet } from '../../data/queries/use-get.js';
import { qualityPath } from '../../ui/navigation/route.js';
import { NotOpened } from '../../ui/states/NotOpened.js';
import { PageLayout } from '../../ui/states/PageLayout.js';
import { countOf } from './count-of.js';

/** One dataset. */
export function DatasetPage({ id, tabs }: { readonly id: string; readonly tabs: ReactElement }): ReactElement {
  const dataset = useGet('/api/datasets/{id}', { params: { path: { id } } });
  if (dataset.error !== undefined && dataset.value === undefined)
    return (
      <NotOpened
        error={dataset.error}
        again={dataset.again}
        back={{ href: qualityPath('datasets'), name: 'All datasets' }}
      />
    );
  return (
    <PageLayout title={<span dir="auto">{dataset.value?.name ?? 'Dataset'}</span>}>
      {tabs}
      {dataset.value === undefined ? (
        <p className="quiet">Loading…</p>
      ) : (
        <p className="quiet figure">
          {countOf(dataset.value.rows, 'row')} · version {dataset.value.version}
        </p>
      )}
    </PageLayout>
  );
}
