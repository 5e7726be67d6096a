import { isTerminal, toHeddleError, type HeddleError } from '@heddle/core';
import { guarded, unexpectedRows } from '../../postgres/guarded.js';
import type { PostgresDatabase } from '../../postgres/open-postgres.js';
import { PipelineError } from '../../postgres/pipeline-error.js';
import { guardError } from '../../sql/guard-error.js';
import type { AppendEntry } from './append-entry.js';
import { missOf, missStatement, type MissRow } from './append-misses.js';
import { createAppendStatements, type StoredRow } from './append-statement.js';

/** Approximate limits of one statement: appends and characters. */
const mostEntries = 256;
const mostCharacters = 4 * 1024 * 1024;

/** The most statements in flight. While one waits for the disk, the next is sent. */
const mostUnderWay = 3;

/** The most runs without an owner whose last seq is remembered. */
const mostKnown = 10_000;

interface AppendLineOptions {
  readonly database: PostgresDatabase;
  readonly hasStreams: (runId: string, path: string) => boolean;
  readonly onStored: (entry: AppendEntry) => void;
}

/**
 * Sends appends to the database. Appends share a statement if they come in the same tick or while a statement is in flight. The appends of
 * one run are sent one after the other, in order.
 */
export class AppendLine {
  private readonly database: PostgresDatabase;
  private readonly statementOf: ReturnType<typeof createAppendStatements>;
  private readonly onStored: AppendLineOptions['onStored'];
  private readonly waiting = new Map<string, AppendEntry[]>();
  private readonly busy = new Set<string>();
  /** The last seq of runs without an owner, as this process wrote or read it last. */
  private readonly known = new Map<string, number>();
  private underWay = 0;
  private isScheduled = false;
  private whenIdle: (() => void)[] = [];

  constructor({ database, hasStreams, onStored }: AppendLineOptions) {
    this.database = database;
    this.statementOf = createAppendStatements(database.schema, hasStreams);
    this.onStored = onStored;
  }

  add(entry: AppendEntry): void {
    const before = this.waiting.get(entry.runId);
    if (before === undefined) this.waiting.set(entry.runId, [entry]);
    else before.push(entry);
    this.request();
  }

  /** Removes an append whose large values could not be stored. */
  remove(entry: AppendEntry): void {
    const rest = (this.waiting.get(entry.runId) ?? []).filter((other) => other !== entry);
    if (rest.length === 0) this.waiting.delete(entry.runId);
    else this.waiting.set(entry.runId, rest);
    this.request();
  }

  /** Sends the ready appends at the end of this tick. */
  request(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      this.depart();
    });
  }

  /** A new run has no record yet, so its first append needs no query. */
  noteAccepted(runId: string): void {
    this.remember(runId, 0);
  }

  /** Resolves when no append waits and no statement is in flight. */
  idle(): Promise<void> {
    if (this.waiting.size === 0 && this.underWay === 0) return Promise.resolve();
    return new Promise((resolve) => this.whenIdle.push(resolve));
  }

  private depart(): void {
    while (this.underWay < mostUnderWay) {
      const entries = this.take();
      if (entries.length === 0) break;
      this.underWay += 1;
      void this.carry(entries);
    }
    if (this.waiting.size > 0 || this.underWay > 0) return;
    for (const resolve of this.whenIdle.splice(0)) resolve();
  }

  /** The next append of each run that has none in flight. */
  private take(): readonly AppendEntry[] {
    const taken: AppendEntry[] = [];
    let characters = 0;
    for (const [runId, [head, ...rest]] of this.waiting) {
      if (head === undefined || !head.isReady || this.busy.has(runId)) continue;
      // Writes of projections need a transaction of their own.
      const isAlone = head.writes.length > 0;
      if (isAlone && taken.length > 0) continue;
      taken.push(head);
      this.busy.add(runId);
      if (rest.length === 0) this.waiting.delete(runId);
      else this.waiting.set(runId, rest);
      for (const { body } of head.prepared.rows) characters += body.length;
      if (isAlone || taken.length >= mostEntries || characters >= mostCharacters) break;
    }
    return taken;
  }

  private async carry(entries: readonly AppendEntry[]): Promise<void> {
    await this.store(entries);
    this.underWay -= 1;
    for (const { runId } of entries) this.busy.delete(runId);
    this.request();
  }

  private async store(entries: readonly AppendEntry[]): Promise<void> {
    try {
      let rest = entries;
      while (rest.length > 0) {
        await this.findWhatTheyFollow(rest);
        rest = await this.send(rest);
      }
    } catch (error) {
      await this.storeEach(entries, toHeddleError(error));
    }
  }

  /** The database may refuse just one of several appends, so each is sent alone. */
  private async storeEach(entries: readonly AppendEntry[], error: HeddleError): Promise<void> {
    if (entries.length > 1 && error.code !== 'database_unreachable' && error.code !== 'shutting_down')
      for (const entry of entries) await this.store([entry]);
    else for (const entry of entries) entry.reject(error);
  }

  private async findWhatTheyFollow(entries: readonly AppendEntry[]): Promise<void> {
    for (const entry of entries) entry.after ??= this.known.get(entry.runId);
    const unknown = entries.filter(({ after }) => after === undefined);
    if (unknown.length === 0) return;
    const rows = await this.database.run<MissRow>(missStatement(this.database.schema, unknown));
    for (const { ordinal, last_seq: lastSeq, status } of rows) {
      const entry = unknown[ordinal - 1];
      // There is no such run: with seq 0, the statement finds none either.
      if (entry !== undefined) entry.after = status === null ? 0 : lastSeq;
    }
  }

  /** Returns the appends that must be sent again, because other processes wrote to their runs. */
  private async send(entries: readonly AppendEntry[]): Promise<readonly AppendEntry[]> {
    const stored = await this.storedBy(entries);
    const firsts = new Map(stored.map(({ ordinal, first }) => [ordinal, first]));
    const missed: AppendEntry[] = [];
    for (const [index, entry] of entries.entries()) {
      const first = firsts.get(index + 1);
      if (first === undefined) missed.push(entry);
      else this.finish(entry, first);
    }
    if (missed.length === 0) return missed;
    const rows = await this.database.run<MissRow>(missStatement(this.database.schema, missed));
    const byOrdinal = new Map(rows.map((row) => [row.ordinal, row]));
    return missed.filter((entry, index) => this.settleMiss(entry, byOrdinal.get(index + 1)));
  }

  private async storedBy(entries: readonly AppendEntry[]): Promise<readonly StoredRow[]> {
    const [only] = entries;
    if (only === undefined || only.writes.length === 0) return this.database.run<StoredRow>(this.statementOf(entries));
    try {
      const writes = only.writes.map((write) => guarded(write, this.database.schema));
      await this.database.pipeline([this.statementOf(entries, true), ...writes]);
      return [{ ordinal: 1, first: (only.after ?? 0) + 1 }];
    } catch (error) {
      if (!(error instanceof PipelineError)) throw error;
      if (error.position === 0 && error.code === unexpectedRows) return [];
      const write = only.writes[error.position - 1];
      throw error.code === unexpectedRows && write !== undefined ? guardError(write) : error.failure;
    }
  }

  private settleMiss(entry: AppendEntry, row: MissRow | undefined): boolean {
    const miss = missOf(entry, row);
    if (miss.kind === 'stored') this.finish(entry, miss.first);
    else if (miss.kind === 'refused') {
      this.known.delete(entry.runId);
      entry.reject(miss.error);
    } else entry.after = miss.after;
    return miss.kind === 'behind';
  }

  private finish(entry: AppendEntry, first: number): void {
    const { runId, epoch, prepared } = entry;
    const { status } = prepared.change;
    if (epoch !== undefined || (status !== undefined && isTerminal(status))) this.known.delete(runId);
    else this.remember(runId, first + prepared.count - 1);
    this.onStored(entry);
    entry.resolve(first);
  }

  private remember(runId: string, lastSeq: number): void {
    if (this.known.size >= mostKnown) this.known.clear();
    this.known.set(runId, lastSeq);
  }
}
