import type { GuardedWrite, HeddleError, Tables } from '@heddle/core';
import { setImmediate } from 'node:timers';
import { changedMeanwhile } from './guard-error.js';

/** What was read, and the number of changes before it. */
interface Read<Content> {
  readonly revision: number;
  readonly content: Content;
}

/**
 * Counts up the number of a topic, whatever it was: for figures that are made of rows and kept in memory.
 *
 * @example await tables.commit([...writes, countUp('feedback')])
 */
export const countUp = (topic: string): GuardedWrite => ({
  sql: `INSERT INTO revisions (topic, number) VALUES (@topic, 1)
    ON CONFLICT (topic) DO UPDATE SET number = revisions.number + 1`,
  values: { topic },
});

/** Reads the number of a topic: 0 before its first change. */
export function readRevision(tables: Tables, topic: string): () => Promise<number> {
  const find = tables.lookup<{ readonly number: number }>('SELECT number FROM revisions WHERE topic = @topic');
  return async () => (await find({ topic }))?.number ?? 0;
}

/** More changes at once than this are not expected. */
const mostTries = 10;

/**
 * Rows that are read much and changed rarely. All changes count up one number of the database, so that a process knows with one small read
 * whether what it keeps in memory is still true, and a change is made only on what it was decided on.
 */
export class Revisions<Content> {
  private readonly topic: string;
  private readonly read: () => Promise<Content>;
  private readonly number: () => Promise<number>;
  private known: Read<Content> | undefined;

  constructor(tables: Tables, topic: string, read: () => Promise<Content>) {
    this.topic = topic;
    this.read = read;
    this.number = readRevision(tables, topic);
  }

  /** What stands there now. */
  async now(): Promise<Content> {
    return (await this.numbered()).content;
  }

  /**
   * Makes a change of what stands there now, again where another operation was quicker. Errors: those of `make` and `commit`; `conflict` where others
   * are always quicker.
   */
  async change(
    make: (content: Content) => readonly GuardedWrite[],
    commit: (writes: readonly GuardedWrite[], content: Content) => Promise<void>,
  ): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const { revision, content } = await this.numbered();
      const overtaken = changedMeanwhile({ topic: this.topic });
      try {
        await commit([this.counted(revision, overtaken), ...make(content)], content);
        return;
      } catch (error) {
        if (error !== overtaken || attempt === mostTries) throw error;
        // What is remembered of the number is asked for again in the next tick.
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }

  private async numbered(): Promise<Read<Content>> {
    // The number first: rows that are newer than it are read once more.
    const revision = await this.number();
    if (this.known?.revision === revision) return this.known;
    const read = { revision, content: await this.read() };
    this.known = read;
    return read;
  }

  private counted(seen: number, otherwise: HeddleError): GuardedWrite {
    return {
      sql: `INSERT INTO revisions (topic, number) VALUES (@topic, 1)
        ON CONFLICT (topic) DO UPDATE SET number = revisions.number + 1 WHERE revisions.number = @seen`,
      values: { topic: this.topic, seen },
      rows: 1,
      otherwise: () => otherwise,
    };
  }
}
