import type { Clock, PublishedEvent } from '@heddle/core';

interface TimeLimit {
  readonly timeoutMs: number;
  readonly clock: Pick<Clock, 'now' | 'at'>;
  /** Cancels the run; handles its own errors. */
  readonly cancel: () => Promise<void>;
}

/** Passes on the events of a run and cancels the run after its time limit. The stream then ends with `run_timeout`, like a plain reply. */
export async function* withinTime(
  events: AsyncIterable<PublishedEvent>,
  { timeoutMs, clock, cancel }: TimeLimit,
): AsyncGenerator<PublishedEvent> {
  let isOver = false;
  const stopTimer = clock.at(clock.now() + timeoutMs, () => {
    isOver = true;
    void cancel();
  });
  try {
    for await (const event of events)
      yield isOver && event.type === 'error' && event.code === 'run_cancelled'
        ? { ...event, code: 'run_timeout', message: `The run took longer than ${timeoutMs} ms and was cancelled.` }
        : event;
  } finally {
    stopTimer();
  }
}
