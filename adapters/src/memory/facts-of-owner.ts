import {
  longestFact,
  longestFactKey,
  mostFacts,
  type Clock,
  type ConversationOwner,
  type FactReader,
  type FactRequest,
  type Facts,
  type FactVector,
  type FoundFact,
  type NewFact,
} from '@heddle/core';
import { randomBytes } from 'node:crypto';
import { answer } from '../database/answer.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { overwriting } from '../database/overwriting.js';
import { withStorageErrors } from '../database/storage-error.js';
import { labelOfRow, rankOfLevel, similarityOf, type FactRow } from './fact-rows.js';
import type { BareRow, FactTable } from './fact-table.js';

/** The rank of a reader who may see everything. */
const everyRank = 9;
/** Facts past their time are counted and replaced too, until they are removed. */
const everyTime = -1;
/** The most texts that get a vector in one step. */
const mostUnembedded = 256;

/** What facts are read and written with. */
interface Stored {
  readonly clock: Pick<Clock, 'now'>;
  readonly table: FactTable;
}

/** Gives the facts of an owner, for a run. */
export function factsOfOwners(
  { connection, file }: HeddleDatabase,
  clock: Pick<Clock, 'now'>,
  table: FactTable,
): (owner: ConversationOwner, reader: FactReader) => Facts {
  const stored: Stored = { clock, table };
  const claim = connection.prepare<[string, number]>('INSERT OR IGNORE INTO fact_batches (batch, time) VALUES (?, ?)');
  const within = <T>(work: () => T): Promise<T> => answer(() => withStorageErrors(file, work));
  const writing = <T>(work: () => T): Promise<T> => within(() => connection.transaction(work).immediate());
  const saveVector = (owner: ConversationOwner, model: string, { id, vector }: FactVector): void => {
    const row = table.find(id);
    if (row !== undefined && isOf(row, owner)) table.setVector(row, model, vector);
  };

  return (owner, reader) => ({
    find: (request) => within(() => find(stored, owner, request)),
    withoutVector: (model, level) =>
      within(() =>
        table
          .withoutVector(owner, rankOfLevel(level), clock.now(), model, mostUnembedded)
          .map((row) => ({ id: row.id, text: textToEmbed(table.content(row)) })),
      ),
    setVectors: (model, vectors) =>
      writing(() => {
        for (const vector of vectors) saveVector(owner, model, vector);
      }),
    remember: (facts, { idempotencyKey }) =>
      writing(() => {
        if (facts.length === 0 || claim.run(idempotencyKey, clock.now()).changes === 0) return;
        overwriting(connection, () => write(stored, owner, reader, facts));
      }),
  });
}

/** The nearest facts first, then those without a vector of the model; without a question the newest first. */
function find(
  { clock, table }: Stored,
  owner: ConversationOwner,
  { like, reader, limit }: FactRequest,
): readonly FoundFact[] {
  const of = [owner, rankOfLevel(reader), clock.now()] as const;
  const found = (row: BareRow | FactRow): FoundFact => ({
    ...{ id: row.id, ...table.content(row), label: labelOfRow(row), updatedAt: row.updated_at },
  });
  if (like === undefined)
    return table
      .ofOwner(...of)
      .slice(0, limit)
      .map(found);
  // The texts of the nearest are read alone.
  const nearest = table
    .bare(...of, like.model)
    .map((row) => ({ row, similarity: similarityOf(like.vector, table.vector(row)) }))
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, limit)
    .map(({ row, similarity }) => ({ ...found(row), similarity }));
  const left = limit - nearest.length;
  return left === 0 ? nearest : [...nearest, ...table.withoutVector(...of, like.model, left).map(found)];
}

function write(
  { clock, table }: Stored,
  owner: ConversationOwner,
  { run, thread }: FactReader,
  facts: readonly NewFact[],
): void {
  const now = clock.now();
  const rows = table.bare(owner, everyRank, everyTime);
  const known = new Map(rows.map((row) => [table.content(row).key, row]));
  const oldest = rows.toReversed();
  let count = rows.length;
  for (const { key: given, text, label, keepMs } of lastOfKeys(facts)) {
    const key = keyOf(given);
    const before = known.get(key);
    const isFull = before === undefined && count >= mostFacts;
    const gone = isFull ? oldest.find((row) => known.get(table.content(row).key) === row) : before;
    if (gone === undefined) count += 1;
    else {
      known.delete(table.content(gone).key);
      table.remove([gone.number]);
    }
    table.write({
      ...{ id: before?.id ?? randomBytes(12).toString('hex'), owner, key, text: text.trim().slice(0, longestFact) },
      ...{ label, run, thread, createdAt: before?.created_at ?? now, updatedAt: now },
      expiresAt: keepMs === undefined ? undefined : now + keepMs,
    });
  }
}

/** The key is part of the meaning: "favourite colour" and "blue". */
const textToEmbed = ({ key, text }: { readonly key: string; readonly text: string }): string => `${key}: ${text}`;

const isOf = (row: FactRow, { project, workflow, subject }: ConversationOwner): boolean =>
  row.project === project && row.workflow === workflow && row.subject === subject;

const keyOf = (key: string): string => key.trim().slice(0, longestFactKey);

/** The last fact of each key, and no more than a subject can have. */
const lastOfKeys = (facts: readonly NewFact[]): readonly NewFact[] =>
  [...new Map(facts.map((fact) => [keyOf(fact.key), fact])).values()].slice(-mostFacts);
