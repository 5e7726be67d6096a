import {
  HeddleError,
  type ConversationOwner,
  type FactVector,
  type GuardedWrite,
  type StatementValues,
  type StoredFact,
  type Tables,
} from '@heddle/core';
import {
  contentFrom,
  factFrom,
  rankOfLevel,
  sealedContent,
  sealedVector,
  vectorFrom,
  type FactContent,
  type FactRow,
} from './fact-rows.js';
import { cipherOf, newSealingKey, storeKey } from './sealing.js';

const sealingKey = '(SELECT key FROM fact_keys WHERE fact_keys.number = facts.number) AS sealing_key';

/** Selects `FactRow`s without the vector. */
export const selectFacts = `SELECT number, id, project, workflow, subject, content, model, label, run, thread, created_at, updated_at,
  expires_at, ${sealingKey} FROM facts`;

/** A row without its encrypted columns. They are read only for rows that are not in the cache. */
export type BareRow = Pick<FactRow, 'number' | 'id' | 'label' | 'created_at' | 'updated_at' | 'sealing_key'>;

/** The owner whose facts are read, the highest rank of a reader, and the time after which facts must expire. */
export interface FactScope {
  readonly owner: ConversationOwner;
  readonly rank: number;
  readonly now: number;
}

/** The decrypted contents of a row, valid while the row has this key. Decryption costs more than the rest of a search. */
interface Opened {
  readonly key: Buffer;
  content?: FactContent;
  vector?: { readonly model: string; readonly values: Float32Array };
}
const mostOpened = 8_000;

interface SealedRow {
  readonly id: string;
  readonly sealing_key: Buffer | null;
  readonly sealed: Buffer | null;
}

const own = `project = @project AND workflow = @workflow AND subject = @subject AND level <= @rank
  AND (expires_at IS NULL OR expires_at > @now)`;
const newestFirst = 'ORDER BY updated_at DESC, number DESC';
/** The index covers all columns of this query, so it reads no table rows. A row has a vector exactly if it has a model. */
const selectBare = `SELECT number, id, label, created_at, updated_at, ${sealingKey} FROM facts WHERE ${own}`;
const sql = {
  byId: `${selectFacts} WHERE id = @id`,
  ofOwner: `${selectFacts} WHERE ${own} ${newestFirst} LIMIT @limit`,
  withoutVector: `${selectFacts} WHERE ${own} AND model IS DISTINCT FROM @model ${newestFirst} LIMIT @limit`,
  bare: `${selectBare} ${newestFirst}`,
  bareWithVector: `${selectBare} AND model = @model`,
  contents: `SELECT id, content AS sealed, ${sealingKey} FROM facts WHERE id IN (EACH @ids)`,
  ofIds: `${selectFacts} WHERE id IN (EACH @ids) AND project = @project AND workflow = @workflow AND subject = @subject`,
  setVector: `UPDATE facts SET model = @model, vector = @vector WHERE number = @number
    AND EXISTS (SELECT 1 FROM fact_keys WHERE fact_keys.number = facts.number AND key = @key)`,
  vectors: `SELECT id, vector AS sealed, ${sealingKey} FROM facts WHERE id IN (EACH @ids) AND model = @model`,
};

const valuesOf = ({ owner, rank, now }: FactScope): StatementValues => ({
  project: owner.project,
  workflow: owner.workflow,
  subject: owner.subject,
  rank,
  now,
});

/** Errors: `storage_corrupt`. */
function keyOfRow({ sealing_key: key, id }: Pick<FactRow, 'sealing_key' | 'id'>): Buffer {
  if (key === null)
    throw new HeddleError('storage_corrupt', `The key of the fact '${id}' is missing: restore a backup.`);
  return key;
}

const cipherOfRow = ({ sealing_key: key, id }: Pick<FactRow, 'sealing_key' | 'id'>) => cipherOf('fact', key, id);

/**
 * Reads, caches and decrypts the rows of facts, and writes changes. A row keeps its key until it is replaced, so an equal key means an
 * unchanged row.
 */
export class FactTable {
  private readonly tables: Tables;
  private readonly opened = new Map<number, Opened>();

  constructor(tables: Tables) {
    this.tables = tables;
  }

  find(id: string): Promise<FactRow | undefined> {
    return this.tables.get<FactRow>(sql.byId, { id });
  }

  /** Newest first. */
  ofOwner(scope: FactScope, limit: number): Promise<readonly FactRow[]> {
    return this.tables.all<FactRow>(sql.ofOwner, { ...valuesOf(scope), limit });
  }

  /** The facts without a vector of this model, newest first. */
  withoutVector(scope: FactScope, model: string, limit: number): Promise<readonly FactRow[]> {
    return this.tables.all<FactRow>(sql.withoutVector, { ...valuesOf(scope), model, limit });
  }

  /** All facts of an owner without their contents, newest first. */
  bare(scope: FactScope): Promise<readonly BareRow[]> {
    return this.tables.all<BareRow>(sql.bare, valuesOf(scope));
  }

  /** The facts with a vector of this model, without their contents, in any order. */
  bareWithVector(scope: FactScope, model: string): Promise<readonly BareRow[]> {
    return this.tables.all<BareRow>(sql.bareWithVector, { ...valuesOf(scope), model });
  }

  stored(row: FactRow): StoredFact {
    return factFrom(row, cipherOfRow(row));
  }

  content(row: FactRow): FactContent {
    return (this.openedOf(row).content ??= contentFrom(row, cipherOfRow(row)));
  }

  /** Adds the contents to rows. Leaves out rows that were replaced since they were read. */
  async withContents<Row extends BareRow>(rows: readonly Row[]): Promise<readonly (readonly [Row, FactContent])[]> {
    const closed = rows.filter((row) => this.openedOf(row).content === undefined);
    for (const { row, sealed } of await this.sealedOf(closed, sql.contents))
      this.openedOf(row).content = contentFrom({ content: sealed }, cipherOfRow(row));
    return rows.flatMap((row) => {
      const { content } = this.openedOf(row);
      return content === undefined ? [] : [[row, content] as const];
    });
  }

  /** Adds the vectors to rows. Leaves out rows that were replaced since they were read. */
  async withVectors(rows: readonly BareRow[], model: string): Promise<readonly (readonly [BareRow, Float32Array])[]> {
    const closed = rows.filter((row) => this.openedOf(row).vector?.model !== model);
    for (const { row, sealed } of await this.sealedOf(closed, sql.vectors, { model }))
      this.openedOf(row).vector = { model, values: vectorFrom(sealed, cipherOfRow(row)) };
    return rows.flatMap((row) => {
      const { vector } = this.openedOf(row);
      return vector?.model === model ? [[row, vector.values] as const] : [];
    });
  }

  /** Stores vectors of an owner's facts. Skips a fact that was erased or whose text was changed. */
  async setVectors(owner: ConversationOwner, model: string, vectors: readonly FactVector[]): Promise<void> {
    const { project, workflow, subject } = owner;
    const given = new Map(vectors.map((one) => [one.id, one]));
    const rows = await this.tables.all<FactRow>(sql.ofIds, {
      project,
      workflow,
      subject,
      ids: JSON.stringify([...given.keys()]),
    });
    const found = rows.flatMap((row) => {
      const one = given.get(row.id);
      return one?.text === textToEmbed(this.content(row)) ? [{ row, vector: one.vector }] : [];
    });
    await this.tables.note(
      found.map(({ row, vector }) => ({
        sql: sql.setVector,
        values: { number: row.number, model, vector: sealedVector(vector, cipherOfRow(row)), key: row.sealing_key },
      })),
    );
    for (const { row, vector } of found) this.openedOf(row).vector = { model, values: vector.slice() };
  }

  forget({ number }: Pick<FactRow, 'number'>): void {
    this.opened.delete(number);
  }

  private async sealedOf<Row extends BareRow>(
    rows: readonly Row[],
    statement: string,
    values: StatementValues = {},
  ): Promise<readonly { readonly row: Row; readonly sealed: Buffer }[]> {
    if (rows.length === 0) return [];
    const ids = JSON.stringify(rows.map(({ id }) => id));
    const found = await this.tables.all<SealedRow>(statement, { ...values, ids });
    const byId = new Map(found.map((one) => [one.id, one]));
    return rows.flatMap((row) => {
      const { sealed, sealing_key: key } = byId.get(row.id) ?? { sealed: null, sealing_key: null };
      return sealed !== null && key?.equals(keyOfRow(row)) === true ? [{ row, sealed }] : [];
    });
  }

  private openedOf(row: BareRow): Opened {
    const { number } = row;
    const key = keyOfRow(row);
    const before = this.opened.get(number);
    if (before?.key.equals(key) === true) return before;
    if (this.opened.size >= mostOpened) this.opened.clear();
    const fresh: Opened = { key };
    this.opened.set(number, fresh);
    return fresh;
  }
}

/** The text from which the vector of a fact is made. The key is part of its meaning: "favourite colour" and "blue". */
export const textToEmbed = ({ key, text }: FactContent): string => `${key}: ${text}`;

/** Adds a row with a new key, so that a replaced text cannot be decrypted any more. */
export function writeFact(fact: StoredFact): readonly GuardedWrite[] {
  const { id, owner, label, run = null, thread = null, createdAt, updatedAt, expiresAt = null } = fact;
  const { project, workflow, subject } = owner;
  const key = newSealingKey();
  return [
    {
      sql: `INSERT INTO facts (id, project, workflow, subject, content, label, level, run, thread, created_at, updated_at, expires_at)
        VALUES (@id, @project, @workflow, @subject, @content, @label, @level, @run, @thread, @createdAt, @updatedAt, @expiresAt)`,
      values: {
        id,
        project,
        workflow,
        subject,
        run,
        thread,
        createdAt,
        updatedAt,
        expiresAt,
        content: sealedContent(fact, cipherOf('fact', key, id)),
        label: JSON.stringify(label),
        level: rankOfLevel(label.level),
      },
    },
    storeKey('fact', id, key),
  ];
}

/** Removes a row and its key, if the row is unchanged since it was read. */
export const removeFact = ({
  number,
  sealing_key: key,
}: Pick<FactRow, 'number' | 'sealing_key'>): readonly GuardedWrite[] => [
  ...(key === null ? [] : [eraseKnownKey(number, key)]),
  { sql: 'DELETE FROM facts WHERE number = @number', values: { number }, rows: 1, overwrites: true },
];

const eraseKnownKey = (number: number, key: Buffer): GuardedWrite => ({
  sql: 'UPDATE fact_keys SET key = @none WHERE number = @number AND key = @key',
  values: { number, key, none: Buffer.alloc(key.length) },
  rows: 1,
  overwrites: true,
});
