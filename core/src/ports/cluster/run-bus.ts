import type { StreamEvent } from '../../events/events.js';

/** Receives the events of a run from another process. */
export interface BusReader {
  /** Receives events in order. Durable events may be missing before one, or come twice: their `seq` shows it. */
  onEvents(events: readonly StreamEvent[]): void;
  /** Some events were lost; the durable ones among them are in the journal. */
  onGap(): void;
}

/**
 * Carries the events of runs from the workers that run them to the processes whose users watch them. It may lose events and reports this
 * where it can; the journal has the truth.
 */
export interface RunBus {
  /** Sends events of a run, without waiting or throwing. */
  publish(runId: string, events: readonly StreamEvent[]): void;
  /** Receives current and recent events of a run, until the returned function is called. */
  watch(runId: string, reader: BusReader): () => void;
  /** Notifies a process, identified by its boot, that there are commands to its runs. */
  tell(boot: string): void;
  /** Calls back for each `tell` to this process, until the returned function is called. */
  listen(boot: string, onNotice: () => void): () => void;
  /** Sends the waiting events, then closes the bus. */
  close(): Promise<void>;
}
