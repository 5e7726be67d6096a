import type { DatasetRow, DatasetStore, Tables } from '@heddle/core';
import type { Ownership } from '../../auth/rights/ownership.js';

/** Creates a dataset with rows, in a project if one is given. Returns its id. */
export async function addDataset(
  {
    parts,
    ownership,
  }: { readonly parts: { readonly datasets: DatasetStore; readonly tables: Tables }; readonly ownership?: Ownership },
  {
    name,
    project,
    rows = [],
  }: { readonly name: string; readonly project?: string; readonly rows?: readonly DatasetRow[] },
): Promise<string> {
  const { dataset, writes } = parts.datasets.write.create({ name, description: '' });
  const owned = project === undefined ? [] : (ownership?.write.assign('dataset', dataset.id, project) ?? []);
  await parts.tables.commit([...writes, ...owned]);
  if (rows.length > 0) await parts.datasets.addVersion(dataset.id, rows, { mode: 'add', who: 'test', note: '' });
  return dataset.id;
}
