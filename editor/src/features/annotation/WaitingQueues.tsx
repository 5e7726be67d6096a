import type { ReactElement } from 'react';
import { useKnownMay } from '../../data/access/me-store.js';
import { useGet } from '../../data/queries/use-get.js';
import { QueueLine } from './QueueList.js';

/** The annotation queues with items for the user. Hidden if there are none. */
export function WaitingQueues(): ReactElement | null {
  const may = useKnownMay('run:feedback') === true;
  return may ? <Queues /> : null;
}

function Queues(): ReactElement | null {
  const queues = useGet('/api/annotation-queues', {}, ({ queues: all }) => all.filter(({ open }) => open > 0));
  if (queues.value === undefined || queues.value.length === 0) return null;
  return (
    <section className="section" aria-label="Answers to annotate">
      <h2>Answers to annotate</h2>
      <ul className="rows">
        {queues.value.map((queue) => (
          <QueueLine key={queue.id} queue={queue} />
        ))}
      </ul>
    </section>
  );
}
