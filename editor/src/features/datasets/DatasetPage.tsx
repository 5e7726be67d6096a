import type { DatasetReply } from '@heddle/core';
import type { ReactElement } from 'react';
import { useGet } from '../../data/queries/use-get.js';
import { qualityPath } from '../../ui/navigation/route.js';
import { useTitle } from '../../ui/navigation/use-title.js';
import { NotOpened } from '../../ui/states/NotOpened.js';
import { PageLayout } from '../../ui/states/PageLayout.js';
import { OpenDataset } from './OpenDataset.js';

/** One dataset: its rows, versions and problems. */
export function DatasetPage({ id, tabs }: { readonly id: string; readonly tabs: ReactElement }): ReactElement {
  const dataset = useGet('/api/datasets/{id}', { params: { path: { id } } });
  const { value }: { readonly value: DatasetReply | undefined } = dataset;
  useTitle(value === undefined ? undefined : [value.name, 'Datasets']);
  if (value !== undefined) return <OpenDataset dataset={value} tabs={tabs} again={dataset.again} />;
  if (dataset.error !== undefined)
    return (
      <NotOpened
        error={dataset.error}
        again={dataset.again}
        back={{ href: qualityPath('datasets'), name: 'All datasets' }}
      />
    );
  return (
    <PageLayout title="Dataset">
      {tabs}
      <p className="quiet">Loading…</p>
    </PageLayout>
  );
}
