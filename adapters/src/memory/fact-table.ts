import type { ConversationOwner, StoredFact } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { overwriting } from '../database/overwriting.js';
import {
  contentFrom,
  factFrom,
  ownerOf,
  rankOfLevel,
  sealedContent,
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

/** A vector and the row that it belongs to. */
export interface VectorRow {
  readonly number: number;
  readonly vector: Buffer;
  readonly sealing_key: Buffer;
}

/** What every part that works on facts does with their rows; transactions are the caller's. */
export interface FactTable {
  find(id: string): FactRow | undefined;
  numbered(number: number): FactRow | undefined;
  /** All facts of an owner up to a rank that are not past their time, newest first. */
  ofOwner(owner: ConversationOwner, rank: number, now: number): readonly FactRow[];
  /** Those of them without a vector of a model, newest first. */
  withoutVector(owner: ConversationOwner, rank: number, now: number, model: string, limit: number): readonly FactRow[];
  /** Their vectors of one model. */
  vectorsOf(owner: ConversationOwner, rank: number, now: number, model: string): readonly VectorRow[];
  stored(row: FactRow): StoredFact;
  content(row: FactRow): FactContent;
  vector(row: VectorRow): Float32Array;
  /** A row has another vector now. */
  changed(number: number): void;
  cipherOf(row: Pick<FactRow, 'sealing_key'>): SealingCipher;
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
  const { byId, byNumber, ofOwner, vectorsOf, withoutVector, insert, setContent, removeRow } = statementsOf(connection);
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
    numbered: (number) => byNumber.get(number),
    ofOwner: (owner, rank, now) => ofOwner.all(...ownerOf(owner), rank, now),
    withoutVector: (owner, rank, now, model, limit) => withoutVector.all(...ownerOf(owner), rank, now, model, limit),
    vectorsOf: (owner, rank, now, model) => vectorsOf.all(...ownerOf(owner), rank, now, model),
    stored: (row) => factFrom(row, cipherOf(row)),
    content: (row) => (openedOf(row).content ??= contentFrom(row, cipherOf(row))),
    vector: (row) => (openedOf(row).vector ??= vectorFrom(row.vector, cipherOf(row))),
    changed: (number) => void opened.delete(number),
    cipherOf,
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
    `SELECT ${factColumns} FROM ${factsWithKeys} WHERE ${own} AND (model IS NOT ? OR vector IS NULL)
      ORDER BY updated_at DESC, facts.number DESC LIMIT ?`,
  );
  const vectorsOf = connection.prepare<[...Owner, rank: number, now: number, model: string], VectorRow>(
    `SELECT facts.number, vector, key AS sealing_key FROM ${factsWithKeys} WHERE ${own} AND model = ? AND vector IS NOT NULL`,
  );
  const insert = connection.prepare(
    `INSERT INTO facts (id, project, workflow, subject, content, label, level, run, thread, created_at, updated_at, expires_at)
      VALUES (?, ?, ?, ?, zeroblob(0), ?, ?, ?, ?, ?, ?, ?)`,
  );
  const setContent = connection.prepare<[Buffer, number]>('UPDATE facts SET content = ? WHERE number = ?');
  const removeRow = connection.prepare<[number]>('DELETE FROM facts WHERE number = ?');
  return { byId, ofOwner, byNumber, withoutVector, vectorsOf, insert, setContent, removeRow };
}
