import type { ReactElement } from 'react';
import { ReplayList } from './ReplayList.js';
import { ReplayPage } from './ReplayPage.js';

/** The replays of a project, or the replay that the address names. */
export function ReplaysPage({
  item,
  tabs,
}: {
  readonly item: string | undefined;
  readonly tabs: ReactElement;
}): ReactElement {
  return item === undefined ? <ReplayList tabs={tabs} /> : <ReplayPage id={item} tabs={tabs} />;
}
