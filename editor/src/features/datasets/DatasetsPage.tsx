import type { ReactElement } from 'react';
import { DatasetList } from './DatasetList.js';
import { DatasetPage } from './DatasetPage.js';

/** The datasets of a project, or the dataset that the address names. */
export function DatasetsPage({
  item,
  tabs,
}: {
  readonly item: string | undefined;
  readonly tabs: ReactElement;
}): ReactElement {
  return item === undefined ? <DatasetList tabs={tabs} /> : <DatasetPage id={item} tabs={tabs} />;
}
