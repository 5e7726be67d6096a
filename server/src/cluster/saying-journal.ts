import { RunEvent, type Journal, type StreamEvent } from '@heddle/core';

/**
 * A journal for records of the server itself: what it appends is said to those who watch the run in this process.
 *
 * @example const saying = sayingJournal(journal, (runId, events) => hub.emit(runId, events));
 */
export const sayingJournal = (
  journal: Journal,
  say: (runId: string, events: readonly StreamEvent[]) => void,
): Journal => ({
  ...journal,
  async append(runId, records, options) {
    const first = await journal.append(runId, records, options);
    say(
      runId,
      records.map((record, index) => RunEvent.parse({ ...record, runId, seq: first + index })),
    );
    return first;
  },
});
