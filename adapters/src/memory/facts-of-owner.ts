import {
  HeddleError,
  longestFact,
  longestFactKey,
  mostFacts,
  type Clock,
  type ConversationOwner,
  type FactReader,
  type FactRequest,
  type Facts,
  type FoundFact,
  type GuardedWrite,
  type NewFact,
  type Tables,
} from '@heddle/core';
import { createHash, randomBytes } from 'node:crypto';
import { retryOnConflict } from '../sql/retry-on-conflict.js';
import { labelOfRow, rankOfLevel, similarityOf, type FactContent } from './fact-rows.js';
import { removeFact, textToEmbed, writeFact, type BareRow, type FactScope, type FactTable } from './fact-table.js';

/** Above the ranks of all levels. */
const everyRank = 9;
/** With this time no fact is expired: expired facts still count, and are replaced, until they are removed. */
const everyTime = -1;
const mostUnembedded = 256;

export interface StoredFacts {
  readonly tables: Tables;
  readonly clock: Pick<Clock, 'now'>;
  readonly table: FactTable;
}

/** Gives a run access to the facts of an owner. */
export function factsOfOwners(stored: StoredFacts): (owner: ConversationOwner, reader: FactReader) => Facts {
  const { clock, table } = stored;
  return (owner, reader) => ({
    find: (request) => find(stored, owner, request),
    async withoutVector(model, level) {
      const scope = { owner, rank: rankOfLevel(level), now: clock.now() };
      const rows = await table.withoutVector(scope, model, mostUnembedded);
      return rows.map((row) => ({ id: row.id, text: textToEmbed(table.content(row)) }));
    },
    setVectors: (model, vectors) => table.setVectors(owner, model, vectors),
    remember: (facts, { idempotencyKey }) => remember(stored, owner, reader, facts, idempotencyKey),
  });
}

/** The most similar facts first, then those without a vector of this model. If the request has no vector, the newest facts first. */
async function find(
  { clock, table }: StoredFacts,
  owner: ConversationOwner,
  { like, reader, limit }: FactRequest,
): Promise<readonly FoundFact[]> {
  const scope: FactScope = { owner, rank: rankOfLevel(reader), now: clock.now() };
  const found = (row: BareRow, content: FactContent): FoundFact => ({
    id: row.id,
    ...content,
    label: labelOfRow(row),
    updatedAt: row.updated_at,
  });
  if (like === undefined) return (await table.ofOwner(scope, limit)).map((row) => found(row, table.content(row)));
  const withVectors = await table.withVectors(await table.bareWithVector(scope, like.model), like.model);
  const near = withVectors
    .map(([row, vector]) => ({ ...row, similarity: similarityOf(like.vector, vector) }))
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, limit);
  // Only the texts of the most similar facts are read.
  const nearest = (await table.withContents(near)).map(([row, content]) => ({
    ...found(row, content),
    similarity: row.similarity,
  }));
  const left = limit - nearest.length;
  if (left === 0) return nearest;
  const others = await table.withoutVector(scope, like.model, left);
  return [...nearest, ...others.map((row) => found(row, table.content(row)))];
}

/** Stores facts. Concurrent writes for one owner happen one after the other: otherwise two facts could get the same key. */
function remember(
  { tables, clock, table }: StoredFacts,
  owner: ConversationOwner,
  reader: FactReader,
  facts: readonly NewFact[],
  batch: string,
): Promise<void> {
  if (facts.length === 0) return Promise.resolve();
  const known = new HeddleError('internal', 'The facts were written before.');
  return retryOnConflict(async () => {
    const now = clock.now();
    const claim: GuardedWrite = {
      sql: 'INSERT INTO fact_batches (batch, time) VALUES (@batch, @now) ON CONFLICT DO NOTHING',
      values: { batch, now },
      rows: 1,
      otherwise: () => known,
    };
    const turn = await turnOf(tables, owner, now);
    const rows = await table.withContents(await table.bare({ owner, rank: everyRank, now: everyTime }));
    const { gone, writes } = changesOf(rows, owner, reader, facts, now);
    try {
      await tables.note([claim, turn, ...writes]);
    } catch (error) {
      if (error !== known) throw error;
    }
    gone.forEach((row) => table.forget(row));
  });
}

/**
 * Puts the changes of one owner in sequence: the write fails if another change of this owner was stored since the row was read. The row is
 * in `fact_batches` and is named by a hash of the owner. Its time grows with each change, so it is removed together with old batches.
 */
export async function turnOf(tables: Tables, owner: ConversationOwner, now: number): Promise<GuardedWrite> {
  const { project, workflow, subject } = owner;
  const hash = createHash('sha256')
    .update(JSON.stringify([project, workflow, subject]))
    .digest('hex');
  const turn = `owner ${hash}`;
  const sql = 'SELECT time FROM fact_batches WHERE batch = @turn';
  const seen = (await tables.get<{ readonly time: number }>(sql, { turn }))?.time ?? -1;
  return {
    sql: `INSERT INTO fact_batches (batch, time) VALUES (@turn, @next)
      ON CONFLICT (batch) DO UPDATE SET time = excluded.time WHERE fact_batches.time = @seen`,
    values: { turn, seen, next: Math.max(now, seen + 1) },
    rows: 1,
  };
}

/** The rows that new facts replace or displace (a subject has a limited number of facts), and all writes. */
function changesOf(
  rows: readonly (readonly [BareRow, FactContent])[],
  owner: ConversationOwner,
  { run, thread }: FactReader,
  facts: readonly NewFact[],
  now: number,
): { readonly gone: readonly BareRow[]; readonly writes: readonly GuardedWrite[] } {
  const known = new Map(rows.map(([row, { key }]) => [key, row]));
  const oldest = rows.toReversed();
  const gone: BareRow[] = [];
  const writes: GuardedWrite[] = [];
  let count = rows.length;
  for (const { key: given, text, label, keepMs } of lastOfKeys(facts)) {
    const key = keyOf(given);
    const before = known.get(key);
    const isFull = before === undefined && count >= mostFacts;
    const leaves = isFull ? oldest.find(([row, content]) => known.get(content.key) === row) : undefined;
    const replaced = before ?? leaves?.[0];
    if (replaced === undefined) count += 1;
    else {
      known.delete(leaves?.[1].key ?? key);
      gone.push(replaced);
      writes.push(...removeFact(replaced));
    }
    writes.push(
      ...writeFact({
        id: before?.id ?? randomBytes(12).toString('hex'),
        owner,
        key,
        text: text.trim().slice(0, longestFact),
        label,
        run,
        thread,
        createdAt: before?.created_at ?? now,
        updatedAt: now,
        expiresAt: keepMs === undefined ? undefined : now + keepMs,
      }),
    );
  }
  return { gone, writes };
}

const keyOf = (key: string): string => key.trim().slice(0, longestFactKey);

/** The last fact for each key, at most as many as a subject may have. */
const lastOfKeys = (facts: readonly NewFact[]): readonly NewFact[] =>
  [...new Map(facts.map((fact) => [keyOf(fact.key), fact])).values()].slice(-mostFacts);
