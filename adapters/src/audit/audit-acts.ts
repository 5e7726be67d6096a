import type { Clock, UntimedEntry } from '@heddle/core';
import { answer } from '../database/answer.js';
import { commitPowerSafe } from '../database/commit-power-safe.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withAct } from '../database/pending-act.js';
import type { AnchorKeeper } from './anchor-keeper.js';
import type { AuditLog, ChainHead } from './audit-log.js';

/** Writes audit entries in the transaction of the action that they record. */
export class AuditActs {
  /** Called with the end of the chain once the disk has it. */
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
    // Noted before the waiters are called, so that no action is acknowledged whose record `audit.last` does not name.
    database.watchFlush(() => {
      const head = log.head();
      return () => noteSafe(head);
    });
  }

  /** Plain SQL, for a transaction that is open already. */
  add(entries: readonly UntimedEntry[]): void {
    const time = this.clock.now();
    this.log.add(entries.map((entry) => ({ ...entry, time })));
  }

  /** Commits synchronous work with its entries. */
  act<T>(entries: readonly UntimedEntry[] | ((made: T) => readonly UntimedEntry[]), work: () => T): Promise<T> {
    return answer(() => {
      const result = commitPowerSafe(this.database, () => {
        const made = work();
        this.add(typeof entries === 'function' ? entries(made) : entries);
        return made;
      });
      this.noteAct();
      return result;
    });
  }

  /** As `during` of the audit record. */
  async during<T>(entries: (made: unknown) => readonly UntimedEntry[], work: () => Promise<T>): Promise<T> {
    const { connection } = this.database;
    const pending = { connection, write: (made: unknown) => this.add(entries(made)), isWritten: false };
    const result = await withAct(pending, work);
    if (pending.isWritten) this.noteAct();
    else await this.act(entries, () => result);
    return result;
  }

  /** An action is on the disk with its commit, unless it is a part of a transaction that is still open. */
  private noteAct(): void {
    if (!this.database.connection.inTransaction) this.noteSafe(this.log.head());
    this.keeper.writeSoon();
  }
}
