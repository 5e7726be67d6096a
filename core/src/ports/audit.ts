import type { AuditEventKind, AuditRecord } from '../audit/audit-entry.js';
import type { AuditEvent } from '../audit/audit-event.js';
import type { GuardedWrite } from './database/guarded-write.js';

/** The events of a piece of work, or a function that makes them from its result, for example to name a new id. */
export type EventsOf<T> = AuditEvent | readonly AuditEvent[] | ((made: T) => AuditEvent | readonly AuditEvent[]);

/** The append-only audit log. The journal writes the audit events of runs in its own commit. */
export interface Audit {
  /** Writes events without other work. */
  write(events: AuditEvent | readonly AuditEvent[]): Promise<void>;
  /** Commits writes and their events in one transaction (see `Tables.commit`). If either fails, neither is kept. */
  commit(events: AuditEvent | readonly AuditEvent[], writes: readonly GuardedWrite[]): Promise<void>;
  /**
   * Does work that commits by itself, and writes its events in its first power-safe commit. The result of this commit must have what the
   * events are made from. Work without such a commit has its events written after it. If it fails before, nothing is written.
   * Without events, as for work of Heddle itself, only the work is done.
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
  /** Checks the whole chain: undefined, or the number of the first bad record and what is wrong with it. */
  verify(): Promise<{ readonly number: number; readonly reason: string } | undefined>;
}
