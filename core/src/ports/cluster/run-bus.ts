import type { StreamEvent } from '../../events/events.js';

/** Receives what a run says in another process. */
export interface BusReader {
  /** Events in order, as far as they travelled: durable ones may be missing before one, or come twice. Their `seq` says so. */
  onEvents(events: readonly StreamEvent[]): void;
  /** Something did not travel: what is missing stands in the journal. */
  onGap(): void;
}

/**
 * Carries what runs say, from the workers that have them to the processes whose users watch them. It may lose anything, and says so where it
 * can; the journal has the truth.
 */
export interface RunBus {
  /** Sends events of a run. It neither waits nor throws. */
  publish(runId: string, events: readonly StreamEvent[]): void;
  /** Receives what a run says and said lately, until the returned function is called. */
  watch(runId: string, reader: BusReader): () => void;
  /** Tells a process, by its boot, that there are commands to its runs. */
  tell(boot: string): void;
  /** Calls back for each `tell` to this process, until the returned function is called. */
  listen(boot: string, onNotice: () => void): () => void;
  /** Sends what waits, and ends. */
  close(): Promise<void>;
}
