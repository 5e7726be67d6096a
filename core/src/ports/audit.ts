import type { AuditEventKind, AuditRecord } from '../audit/audit-entry.js';
import type { AuditEvent } from '../audit/audit-event.js';
import type { GuardedWrite } from './database/guarded-write.js';

/** The events of a piece of work, or a function that creates them from its result, for example to include a new id. */
export type EventsOf<T> = AuditEvent | readonly AuditEvent[] | ((made: T) => AuditEvent | readonly AuditEvent[]);

/** The append-only audit log. The journal writes the audit events of runs in its own commit. */
export interface Audit {
  /** Writes events without other work. */
  write(events: AuditEvent | readonly AuditEvent[]): Promise<void>;
  /** Commits writes and their events in one transaction (see `Tables.commit`). If either fails, neither is kept. */
  commit(events: AuditEvent | readonly AuditEvent[], writes: readonly GuardedWrite[]): Promise<void>;
  /**
   * Runs work that commits by itself, and writes its events in its first power-safe commit, whose result is passed to `events`. If the work
   * makes no such commit, its events are written after it. If it fails before, no event is written. Without events, as for Heddle's own
   * work, it only runs the work.
   */
  during<T>(events: EventsOf<T> | undefined, work: () => Promise<T>): Promise<T>;
  list(query: {
    readonly kinds?: readonly AuditEventKind[];
    readonly who?: string;
    readonly project?: string;
    readonly subject?: string;
    readonly from?: number;
    readonly to?: number;
    readonly before?: number;
    readonly limit?: number;
  }): Promise<readonly AuditRecord[]>;
  /** Checks the whole chain. Returns undefined, or the number of the first bad record and the reason. */
  verify(): Promise<{ readonly number: number; readonly reason: string } | undefined>;
}
