import type { GuardedWrite, HeddleError, Tables } from '@heddle/core';
import { setImmediate } from 'node:timers';
import { changedMeanwhile } from './guard-error.js';

/** Cached content, with the revision that was read before it. */
interface Read<Content> {
  readonly revision: number;
  readonly content: Content;
}

/**
 * Increases the revision of a topic unconditionally, for cached figures that are computed from rows.
 *
 * @example await tables.commit([...writes, countUp('feedback')])
 */
export const countUp = (topic: string): GuardedWrite => ({
  sql: `INSERT INTO revisions (topic, number) VALUES (@topic, 1)
    ON CONFLICT (topic) DO UPDATE SET number = revisions.number + 1`,
  values: { topic },
});

/** Reads the revision of a topic; 0 before its first change. */
export function readRevision(tables: Tables, topic: string): () => Promise<number> {
  const find = tables.lookup<{ readonly number: number }>('SELECT number FROM revisions WHERE topic = @topic');
  return async () => (await find({ topic }))?.number ?? 0;
}

/** The most attempts of a change while others change the same content. */
const mostTries = 10;

/**
 * Caches content that is read often and changed rarely. Every change increases a revision in the database. So one small read tells a
 * process whether its cache is current, and a change is committed only if the content has not changed since it was read.
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

  async now(): Promise<Content> {
    return (await this.numbered()).content;
  }

  /**
   * Changes the current content, and retries if another operation was quicker. Errors: those of `make` and `commit`; `conflict` if other
   * operations win every attempt.
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
        // A revision that was looked up is reused until the next tick.
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  }

  private async numbered(): Promise<Read<Content>> {
    // The revision is read first. If the rows are newer, they are only read once more.
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
