import type { ReactElement } from 'react';
import { MonitorList } from './MonitorList.js';
import { MonitorPage } from './MonitorPage.js';

/** The monitors of a project, or the monitor that the address names. */
export function MonitorsPage({
  item,
  tabs,
}: {
  readonly item: string | undefined;
  readonly tabs: ReactElement;
}): ReactElement {
  return item === undefined ? <MonitorList tabs={tabs} /> : <MonitorPage id={item} tabs={tabs} />;
}
