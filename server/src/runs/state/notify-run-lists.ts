import type { RunHub } from '../../live/run-hub.js';
import type { TopicHub } from '../../live/topic-hub.js';
import type { RunAcceptor } from '../run-acceptor.js';
import type { RunService } from '../run.service.js';

/** Notifies watchers of lists when a run is accepted, starts, waits or ends. */
export function notifyRunLists({
  acceptor,
  hub,
  topics,
  runs,
}: {
  readonly acceptor: RunAcceptor;
  readonly hub: RunHub;
  readonly topics: TopicHub;
  readonly runs: RunService;
}): void {
  const notify = (runId: string): void => topics.changed('runs', runId, () => runs.summary(runId));
  acceptor.onAccepted(notify);
  hub.listen((runId, events) => {
    if (topics.isWatched('runs') && events.some((event) => event.type.startsWith('run-'))) notify(runId);
  });
}
