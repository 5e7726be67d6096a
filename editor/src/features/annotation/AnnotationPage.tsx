import type { ReactElement } from 'react';
import { QueueList } from './QueueList.js';
import { QueuePage } from './QueuePage.js';

/** The annotation queues of a project, or the one in the address. */
export function AnnotationPage({
  item,
  tabs,
}: {
  readonly item: string | undefined;
  readonly tabs: ReactElement;
}): ReactElement {
  return item === undefined ? <QueueList tabs={tabs} /> : <QueuePage id={item} tabs={tabs} />;
}
