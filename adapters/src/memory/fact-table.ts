import { HeddleError, type ConversationOwner, type StoredFact } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { overwriting } from '../database/overwriting.js';
import {
  contentFrom,
  factFrom,
  ownerOf,
  rankOfLevel,
  sealedContent,
  sealedVector,
  vectorFrom,
  type FactContent,
  type FactRow,
  type Owner,
} from './fact-rows.js';
import { createSealingKeys, type SealingCipher } from './sealing-keys.js';

/** The columns of `FactRow`, without the vector. */
export const factColumns = `facts.number, id, project, workflow, subject, content, model, label, run, thread, created_at, updated_at,
  expires_at, key AS sealing_key`;
/** Facts with their keys. */
export const factsWithKeys = 'facts JOIN fact_keys USING (number)';

/** A row without what is sealed in it, which is read only where it is not opened yet. */
export type BareRow = Pick<FactRow, 'number' | 'id' | 'label' | 'created_at' | 'updated_at' | 'sealing_key'>;

/** What every part that works on facts does with their rows; transactions are the caller's. */
export interface FactTable {
  find(id: string): FactRow | undefined;
  /** All facts of an owner up to a rank that are not past their time, newest first. */
  ofOwner(owner: ConversationOwner, rank: number, now: number): readonly FactRow[];
  /** Those of them without a vector of a model, newest first. */
  withoutVector(owner: ConversationOwner, rank: number, now: number, model: string, limit: number): readonly FactRow[];
  /** The same as `ofOwner`, bare; where a model is given, those with a vector of that model. */
  bare(owner: ConversationOwner, rank: number, now: number, model?: string): readonly BareRow[];
  stored(row: FactRow): StoredFact;
  content(row: BareRow | FactRow): FactContent;
  vector(row: BareRow): Float32Array;
  setVector(row: FactRow, model: string, vector: Float32Array): void;
  /** Adds a row, which gets a key of its own: a text that is replaced cannot be read any more. */
  write(fact: StoredFact): void;
  /** Removes rows with their keys. */
  remove(numbers: readonly number[]): void;
}

/** What was opened of a row, as long as the row has this key: opening costs more than everything else of a search. */
interface Opened {
  readonly key: Buffer;
  content?: FactContent;
  vector?: Float32Array;
}
const mostOpened = 8_000;

export function createFactTable(database: HeddleDatabase): FactTable {
  const { connection } = database;
  const keys = createSealingKeys(database, 'fact');
  const statements = statementsOf(connection);
  const { byId, byNumber, ofOwner, bare, bareWithVector, withoutVector, insert, setContent, removeRow } = statements;
  const cipherOf = ({ sealing_key: key }: Pick<FactRow, 'sealing_key'>): SealingCipher => keys.withKey(key);

  const opened = new Map<number, Opened>();
  function openedOf({ number, sealing_key: key }: Pick<FactRow, 'number' | 'sealing_key'>): Opened {
    const before = opened.get(number);
    if (before?.key.equals(key) === true) return before;
    if (opened.size >= mostOpened) opened.clear();
    const fresh: Opened = { key };
    opened.set(number, fresh);
    return fresh;
  }

  return {
    find: (id) => byId.get(id),
    ofOwner: (owner, rank, now) => ofOwner.all(...ownerOf(owner), rank, now),
    withoutVector: (owner, rank, now, model, limit) => withoutVector.all(...ownerOf(owner), rank, now, model, limit),
    bare: (owner, rank, now, model) =>
      model === undefined
        ? bare.all(...ownerOf(owner), rank, now)
        : bareWithVector.all(...ownerOf(owner), rank, now, model),
    stored: (row) => factFrom(row, cipherOf(row)),
    content: (row) =>
      (openedOf(row).content ??= contentFrom('content' in row ? row : there(byNumber.get(row.number)), cipherOf(row))),
    vector: (row) => (openedOf(row).vector ??= vectorFrom(there(statements.vectorOf.get(row.number)), cipherOf(row))),
    setVector(row, model, vector) {
      statements.setVector.run(model, sealedVector(vector, cipherOf(row)), row.number);
      openedOf(row).vector = vector.slice();
    },
    write(fact) {
      const { id, owner, label, run = null, thread = null, createdAt, updatedAt, expiresAt = null } = fact;
      const labels: [string, number] = [JSON.stringify(label), rankOfLevel(label.level)];
      const added = insert.run(id, ...ownerOf(owner), ...labels, run, thread, createdAt, updatedAt, expiresAt);
      const number = Number(added.lastInsertRowid);
      setContent.run(sealedContent(fact, keys.make(number)), number);
    },
    remove: (numbers) =>
      overwriting(connection, () => {
        for (const number of numbers) {
          opened.delete(number);
          keys.erase(number);
          removeRow.run(number);
        }
      }),
  };
}

/** A row that the same read has just found. */
function there<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new HeddleError('storage_corrupt', 'A fact has no content: restore a backup.');
  return row;
}

/** A row has a vector exactly if it has a model, which is in the index: the reads of many rows need no row. */
function statementsOf(connection: HeddleDatabase['connection']) {
  const own = `project = ? AND workflow = ? AND subject = ? AND level <= ? AND (expires_at IS NULL OR expires_at > ?)`;
  const byId = connection.prepare<[string], FactRow>(`SELECT ${factColumns} FROM ${factsWithKeys} WHERE id = ?`);
  const ofOwner = connection.prepare<[...Owner, rank: number, now: number], FactRow>(
    `SELECT ${factColumns} FROM ${factsWithKeys} WHERE ${own} ORDER BY updated_at DESC, facts.number DESC`,
  );
  const byNumber = connection.prepare<[number], FactRow>(
    `SELECT ${factColumns} FROM ${factsWithKeys} WHERE facts.number = ?`,
  );
  const withoutVector = connection.prepare<
    [...Owner, rank: number, now: number, model: string, limit: number],
    FactRow
  >(
    `SELECT ${factColumns} FROM ${factsWithKeys} WHERE ${own} AND model IS NOT ?
      ORDER BY updated_at DESC, facts.number DESC LIMIT ?`,
  );
  const bareOf = `SELECT facts.number, id, label, created_at, updated_at, key AS sealing_key FROM ${factsWithKeys} WHERE ${own}`;
  const bare = connection.prepare<[...Owner, rank: number, now: number], BareRow>(
    `${bareOf} ORDER BY updated_at DESC, facts.number DESC`,
  );
  const bareWithVector = connection.prepare<[...Owner, rank: number, now: number, model: string], BareRow>(
    `${bareOf} AND model = ?`,
  );
  const vectorOf = connection.prepare<[number], Buffer>('SELECT vector FROM facts WHERE number = ?').pluck();
  const setVector = connection.prepare<[model: string, vector: Buffer, number: number]>(
    'UPDATE facts SET model = ?, vector = ? WHERE number = ?',
  );
  const insert = connection.prepare(
    `INSERT INTO facts (id, project, workflow, subject, content, label, level, run, thread, created_at, updated_at, expires_at)
      VALUES (?, ?, ?, ?, zeroblob(0), ?, ?, ?, ?, ?, ?, ?)`,
  );
  const setContent = connection.prepare<[Buffer, number]>('UPDATE facts SET content = ? WHERE number = ?');
  const removeRow = connection.prepare<[number]>('DELETE FROM facts WHERE number = ?');
  return {
    ...{ byId, byNumber, ofOwner, bare, bareWithVector, withoutVector },
    ...{ vectorOf, setVector, insert, setContent, removeRow },
  };
}
