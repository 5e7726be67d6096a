import { RunEvent, type Journal, type StreamEvent } from '@heddle/core';

/**
 * A journal for records that the server itself writes. It emits each appended record to the watchers of the run in this process.
 *
 * @example const saying = emittingJournal(journal, (runId, events) => hub.emit(runId, events));
 */
export const emittingJournal = (
  journal: Journal,
  emit: (runId: string, events: readonly StreamEvent[]) => void,
): Journal => ({
  ...journal,
  async append(runId, records, options) {
    const first = await journal.append(runId, records, options);
    emit(
      runId,
      records.map((record, index) => RunEvent.parse({ ...record, runId, seq: first + index })),
    );
    return first;
  },
});
