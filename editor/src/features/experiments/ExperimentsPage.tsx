import type { ReactElement } from 'react';
import { ExperimentList } from './ExperimentList.js';
import { ExperimentPage } from './ExperimentPage.js';

/** The experiments of a project, or the experiment that the address names. */
export function ExperimentsPage({
  item,
  tabs,
}: {
  readonly item: string | undefined;
  readonly tabs: ReactElement;
}): ReactElement {
  return item === undefined ? <ExperimentList tabs={tabs} /> : <ExperimentPage id={item} tabs={tabs} />;
}
