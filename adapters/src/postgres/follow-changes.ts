import { randomUUID } from 'node:crypto';
import {
  HeddleError,
  type CachedTopic,
  type GuardedWrite,
  type CachedRows,
  type CachedTable,
  type TimeSource,
} from '@heddle/core';
import { keyText } from '../sql/cached-table-sql.js';
import type { Topics } from '../sql/topics.js';
import { PostgresCachedRows, type ReadRows } from './cached-rows.js';
import type { Statement } from './query.js';

interface Change {
  readonly number: number;
  readonly topic: CachedTopic;
  /** Null if any row may have changed. */
  readonly key: string | null;
  readonly origin: string;
}

/** Milliseconds between two checks for changes of other processes. */
const everyMs = 1_000;
const newest = 'SELECT coalesce(max(number), 0) AS number FROM change_count';
const since = 'SELECT number, topic, key, origin FROM changes WHERE number > @number ORDER BY number';

/**
 * Caches rows in memory and checks once a second what other processes have changed. Changes are numbered in the order of their commits: the
 * last statement of each commit takes the next number under a lock. Only rare writes have a topic.
 */
export class ChangeFollower {
  private readonly kept: PostgresCachedRows<unknown>[] = [];
  /** Identifies this process. Its own commits notify the watchers directly. */
  private readonly origin = randomUUID();
  /** The number of the newest change in the cached rows. */
  private seen: number | undefined;
  private current: Promise<void> = Promise.resolve();
  private next: Promise<void> | undefined;
  private isFollowing = false;
  private readonly read: ReadRows;
  private readonly topics: Topics;
  private readonly time: TimeSource;

  constructor(read: ReadRows, topics: Topics, time: TimeSource) {
    this.read = read;
    this.topics = topics;
    this.time = time;
  }

  keep<Row>(table: CachedTable): CachedRows<Row> {
    const kept = new PostgresCachedRows<Row>(table, this.time);
    this.kept.push(kept);
    this.follow();
    return kept;
  }

  /** Starts checking for changes; does nothing if it has started already. */
  follow(): void {
    if (this.isFollowing) return;
    this.isFollowing = true;
    this.checkLater();
  }

  /** The statements that announce writes to other processes. They must be the last ones of the commit. */
  statementsFor(writes: readonly GuardedWrite[], schema: string): readonly Statement[] {
    const changes = new Map<string, { topic: CachedTopic; key: string | null }>();
    for (const { topic, touches } of writes) {
      if (topic === undefined) continue;
      const key = touches === undefined ? null : keyText(touches);
      changes.set(JSON.stringify([topic, key]), { topic, key });
    }
    return [...changes.values()].map(({ topic, key }) => ({
      sql: `WITH next AS (
          INSERT INTO ${schema}.change_count AS c (id, number) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET number = c.number + 1 RETURNING number
        ) INSERT INTO ${schema}.changes (number, topic, key, origin) SELECT number, $1, $2, $3 FROM next`,
      values: [topic, key, this.origin],
    }));
  }

  /** Updates the cached rows to include every commit before this call. */
  refresh(): Promise<void> {
    this.next ??= this.current
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        this.current = this.check();
        return this.current;
      });
    return this.next;
  }

  /** Called after a commit of this process. If the update fails, the rows are only read later. */
  async noteCommit(writes: readonly GuardedWrite[]): Promise<void> {
    if (this.isFollowing && writes.some(({ topic }) => topic !== undefined))
      await this.refresh().catch(() => undefined);
    this.topics.notify(writes);
  }

  private async check(): Promise<void> {
    const at = this.time.now();
    const [last] = await this.read<{ number: number }>(newest);
    const number = last?.number ?? 0;
    const changes = this.seen === undefined || number === this.seen ? [] : await this.changesAfter(this.seen, number);
    for (const kept of this.kept) {
      const keys = kept.isRead ? keysOf(changes, kept.topic) : undefined;
      if (keys === undefined || keys.length > 0) await kept.read(this.read, keys);
      kept.confirm(at);
    }
    const seen = changes?.at(-1)?.number ?? number;
    const isFirst = this.seen === undefined;
    this.seen = seen;
    if (!isFirst) this.notify(changes);
  }

  /** The changes after a number; undefined if some are missing because they were pruned or the database was restored from a backup. */
  private async changesAfter(seen: number, number: number): Promise<readonly Change[] | undefined> {
    if (number < seen) return undefined;
    const changes = await this.read<Change>(since, { number: String(seen) });
    const isWhole = changes.every((change, index) => change.number === seen + 1 + index) && changes.length > 0;
    return isWhole ? changes : undefined;
  }

  private notify(changes: readonly Change[] | undefined): void {
    if (changes === undefined) this.topics.notifyAll();
    else this.topics.notify(changes.filter(({ origin }) => origin !== this.origin));
  }

  private checkLater(): void {
    this.time.at(this.time.now() + everyMs, () => {
      void this.refresh().then(
        () => this.checkLater(),
        (error: unknown) => {
          // Checks go on until the database answers again, except during shutdown.
          if (!(error instanceof HeddleError && error.code === 'shutting_down')) this.checkLater();
        },
      );
    });
  }
}

/** The changed keys; undefined if any row may have changed. */
function keysOf(changes: readonly Change[] | undefined, topic: CachedTopic): readonly string[] | undefined {
  if (changes === undefined) return undefined;
  const keys = new Set<string>();
  for (const change of changes) {
    if (change.topic !== topic) continue;
    if (change.key === null) return undefined;
    keys.add(change.key);
  }
  return [...keys];
}
