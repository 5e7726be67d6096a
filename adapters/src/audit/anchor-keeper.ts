import { steadySource, type Clock } from '@heddle/core';
import { removeDrafts } from '../database/files/remove-drafts.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { draftOf, readAnchor, writeAnchor, writeAnchorBeside } from './audit-anchor.js';
import type { AuditLog } from './audit-log.js';

/** The longest time, in milliseconds, by which the anchor lags behind the chain. */
const anchorMs = 1_000;

/** Keeps the signed anchor of the audit chain of heddle.db, in a file outside the database. */
export class AnchorKeeper {
  private readonly database: HeddleDatabase;
  private readonly log: Pick<AuditLog, 'head'>;
  private readonly file: string;
  private readonly key: Buffer | undefined;
  private readonly clock: Pick<Clock, 'now'>;
  private readonly time: Pick<Clock, 'now' | 'at'>;
  /** The number of the last anchored record; -1 while no anchor may be written. */
  private anchored: number;
  private stopTimer: (() => void) | undefined;
  private isAnchoring = false;
  private isClosed = false;
  /** Whether the folder may still have drafts of processes that died while they wrote an anchor. */
  private mayHaveDrafts = true;

  /** Without a key, nothing is anchored. If `fitsChain` is false, the anchor contradicts the chain and is never replaced automatically. */
  constructor(
    database: HeddleDatabase,
    log: Pick<AuditLog, 'head'>,
    clock: Clock,
    anchor: { readonly file: string; readonly key: Buffer | undefined; readonly fitsChain: boolean },
  ) {
    this.database = database;
    this.log = log;
    this.clock = clock;
    this.time = steadySource(clock);
    this.file = anchor.file;
    this.key = anchor.key;
    this.anchored = anchor.key === undefined || !anchor.fitsChain ? -1 : this.firstAnchor(anchor.key);
  }

  get isActive(): boolean {
    return this.anchored >= 0;
  }

  /** Anchors the end of the chain now. Errors: `storage_*`. */
  write(): void {
    this.stopTimer?.();
    this.stopTimer = undefined;
    if (this.key === undefined || !this.isActive || !this.database.connection.open) return;
    const head = this.log.head();
    if (head.number <= this.anchored) return;
    this.database.flushNow();
    writeAnchor(this.file, { ...head, time: this.clock.now() }, this.key);
    this.anchored = head.number;
  }

  /** Anchors the end of the chain within a second, outside the event loop. */
  writeSoon(): void {
    this.stopTimer ??= this.time.at(this.time.now() + anchorMs, () => {
      this.stopTimer = undefined;
      if (this.isAnchoring) {
        this.writeSoon();
        return;
      }
      this.isAnchoring = true;
      this.writeBeside()
        .catch(() => undefined) // the chain is intact without the anchor; the next record tries again
        .finally(() => (this.isAnchoring = false));
    });
  }

  /** Replaces an anchor that contradicts the chain. Errors: `storage_*`. */
  replace(): void {
    this.anchored = 0;
    this.write();
  }

  close(): void {
    this.stopTimer?.();
    try {
      this.write();
    } catch {
      // Records that the disk refuses now come after the anchor, and the next start continues from the anchor.
    }
    this.isClosed = true;
  }

  private firstAnchor(key: Buffer): number {
    const found = readAnchor(this.file, key);
    if (typeof found === 'object') return found.number;
    writeAnchor(this.file, { ...this.log.head(), time: this.clock.now() }, key);
    return 0;
  }

  /** The records must be on the disk before their anchor is. Otherwise a power loss would look like a chain that was cut. */
  private async writeBeside(): Promise<void> {
    const { database, key } = this;
    if (key === undefined || !this.isActive || !database.connection.open) return;
    const head = this.log.head();
    const isWanted = (): boolean => !this.isClosed && this.isActive && head.number > this.anchored;
    if (!isWanted()) return;
    await new Promise<void>((onSafe) => database.flushLog({ onSafe }));
    if (this.mayHaveDrafts) {
      // Only once: a draft that cannot be removed must not prevent every later anchor.
      this.mayHaveDrafts = false;
      removeDrafts(draftOf(this.file));
    }
    if (isWanted()) await writeAnchorBeside(this.file, { ...head, time: this.clock.now() }, key, isWanted);
    if (isWanted()) this.anchored = head.number;
  }
}
