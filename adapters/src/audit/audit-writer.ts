import { auditEntry, type AuditEvent, type Clock, type EventsOf, type GuardedWrite } from '@heddle/core';
import { answer } from '../database/answer.js';
import { commitPowerSafe } from '../database/commit-power-safe.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withEvents } from '../database/pending-events.js';
import { sqliteTables } from '../database/sqlite-tables.js';
import type { AnchorKeeper } from './anchor-keeper.js';
import type { AuditLog, ChainHead } from './audit-log.js';

/** Writes audit events in the transaction of the operation that they record. */
export class AuditWriter {
  /** Called with the end of the chain once it is on the disk. */
  readonly noteSafe: (head: ChainHead) => void;
  private readonly database: HeddleDatabase;
  private readonly clock: Pick<Clock, 'now'>;
  private readonly log: AuditLog;
  private readonly keeper: AnchorKeeper;

  constructor(
    database: HeddleDatabase,
    clock: Pick<Clock, 'now'>,
    log: AuditLog,
    keeper: AnchorKeeper,
    noteSafe: (head: ChainHead) => void,
  ) {
    this.database = database;
    this.clock = clock;
    this.log = log;
    this.keeper = keeper;
    this.noteSafe = noteSafe;
    // Called before the waiters are: an operation is acknowledged only after `audit.last` names its record.
    database.watchFlush(() => {
      const head = log.head();
      return () => noteSafe(head);
    });
  }

  /** Runs plain SQL, for a transaction that is already open. */
  add(events: AuditEvent | readonly AuditEvent[]): void {
    const time = this.clock.now();
    this.log.add([events].flat().map((event) => auditEntry(event, time)));
  }

  write<T>(events: EventsOf<T>, work: () => T): Promise<T> {
    return answer(() => {
      const result = commitPowerSafe(this.database, () => {
        const made = work();
        this.add(typeof events === 'function' ? events(made) : events);
        return made;
      });
      this.noteWritten();
      return result;
    });
  }

  /** Returns at once if there is nothing to write. */
  commit(events: AuditEvent | readonly AuditEvent[], writes: readonly GuardedWrite[]): Promise<void> {
    if (Array.isArray(events) && events.length === 0) return sqliteTables(this.database).commit(writes);
    return this.write(events, () => sqliteTables(this.database).apply(writes));
  }

  async during<T>(events: EventsOf<T> | undefined, work: () => Promise<T>): Promise<T> {
    if (events === undefined) return work();
    // The commit passes on the result of the operation, because some events are made from it.
    const write = (made: unknown): void => this.add(typeof events === 'function' ? events(made as T) : events);
    const pending = { connection: this.database.connection, write, isWritten: false };
    const result = await withEvents(pending, work);
    if (pending.isWritten) this.noteWritten();
    else await this.write(events, () => result);
    return result;
  }

  /** Events are on the disk once their commit is, unless the commit is part of a transaction that is still open. */
  private noteWritten(): void {
    if (!this.database.connection.inTransaction) this.noteSafe(this.log.head());
    this.keeper.writeSoon();
  }
}
