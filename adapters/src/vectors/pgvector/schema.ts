import type { Query } from '../../postgres/query.js';

/** Facts about the server, known once its tables exist. */
export interface ServerFacts {
  readonly schema: string;
  /** Whether pgvector continues a search when a filter leaves too few results of an approximate index: since 0.8. */
  readonly hasIterativeScans: boolean;
}

/** The number of the advisory lock that keeps two programs from creating the tables at once. */
const lockNumber = 7_307_433;

/** Creates the extension and the table of collections if they are missing. */
export async function prepareSchema(query: Query, schema: string): Promise<ServerFacts> {
  await query('SELECT pg_advisory_xact_lock($1)', [lockNumber]);
  const [found] = await query<{ readonly collections: string | null }>('SELECT to_regclass($1)::text AS collections', [
    `${schema}.collections`,
  ]);
  // A user without the right to create anything can still use existing tables.
  if ((found?.collections ?? null) === null) {
    await query('CREATE EXTENSION IF NOT EXISTS vector');
    await query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    await query(`CREATE TABLE ${schema}.collections (
      id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE DEFERRABLE INITIALLY DEFERRED,
      embedding text NOT NULL, dimensions integer NOT NULL, splitter jsonb NOT NULL, label jsonb NOT NULL,
      languages text[] NOT NULL DEFAULT '{}', documents integer NOT NULL DEFAULT 0, passages integer NOT NULL DEFAULT 0,
      tokens bigint NOT NULL DEFAULT 0, restricted integer NOT NULL DEFAULT 0, created_at double precision NOT NULL, updated_at double precision NOT NULL)`);
  }
  await addReaders(query, schema);
  const [extension] = await query<{ readonly version: string }>(
    "SELECT extversion AS version FROM pg_extension WHERE extname = 'vector'",
  );
  const [major = 0, minor = 0] = (extension?.version ?? '').split('.').map(Number);
  return { schema, hasIterativeScans: major > 0 || minor >= 8 };
}

/** Adds the columns and tables of readers to tables of an earlier Heddle. Vectors and texts stay as they are. */
async function addReaders(query: Query, schema: string): Promise<void> {
  const [known] = await query<{ readonly found: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = $1::regclass AND attname = 'restricted' AND NOT attisdropped) AS found`,
    [`${schema}.collections`],
  );
  if (known?.found === true) return;
  // No other program may read or write collections until all tables have the new columns.
  await query(`LOCK TABLE ${schema}.collections IN ACCESS EXCLUSIVE MODE`);
  const rows = await query<{ readonly id: number }>(`SELECT id FROM ${schema}.collections ORDER BY id`);
  for (const { id } of rows) {
    const tables = tablesOf(schema, id);
    await query(`ALTER TABLE ${tables.documents} ADD COLUMN readers json`);
    await query(`ALTER TABLE ${tables.passages} ADD COLUMN restricted boolean NOT NULL DEFAULT false`);
    await createReaders(query, tables);
  }
  await query(`ALTER TABLE ${schema}.collections ADD COLUMN restricted integer NOT NULL DEFAULT 0`);
}

/** Creates the table that says which documents each reader may read, among the documents with a list. */
async function createReaders(query: Query, { readers, documents }: Tables): Promise<void> {
  await query(`CREATE TABLE ${readers} (
    reader text COLLATE "C" NOT NULL, document text COLLATE "C" NOT NULL REFERENCES ${documents} ON DELETE CASCADE,
    PRIMARY KEY (reader, document))`);
  await query(`CREATE INDEX ON ${readers} (document)`);
}

/** The tables of one collection. */
export interface Tables {
  readonly documents: string;
  readonly passages: string;
  /** How often each term occurs in each passage. */
  readonly postings: string;
  readonly notes: string;
  readonly readers: string;
  /** The approximate index; only a large collection has one. */
  readonly index: string;
}

export const tablesOf = (schema: string, id: number): Tables => ({
  documents: `${schema}.documents_${id}`,
  passages: `${schema}.passages_${id}`,
  postings: `${schema}.postings_${id}`,
  notes: `${schema}.notes_${id}`,
  readers: `${schema}.readers_${id}`,
  index: `vectors_${id}`,
});

/** Creates the tables of a new collection. Vectors have length 1, so their inner product is their cosine. */
export async function createTables(query: Query, tables: Tables, dimensions: number): Promise<void> {
  const { documents, passages, postings, notes } = tables;
  await query(`CREATE TABLE ${documents} (
    id text COLLATE "C" PRIMARY KEY, title text NOT NULL, source text, media_type text NOT NULL, hash text NOT NULL,
    size double precision NOT NULL, passages integer NOT NULL, label json, metadata json, updated_at double precision NOT NULL,
    readers json)`);
  await query(`CREATE TABLE ${passages} (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, passage text COLLATE "C" NOT NULL UNIQUE,
    document text COLLATE "C" NOT NULL REFERENCES ${documents} ON DELETE CASCADE, position integer NOT NULL, text text NOT NULL,
    place json, metadata json, fields jsonb NOT NULL, tokens integer NOT NULL, vector vector(${dimensions}) NOT NULL,
    restricted boolean NOT NULL DEFAULT false,
    UNIQUE (document, position))`);
  await query(`CREATE INDEX ON ${passages} USING gin (fields jsonb_path_ops)`);
  await query(`CREATE TABLE ${postings} (
    term text COLLATE "C" NOT NULL, passage integer NOT NULL REFERENCES ${passages} ON DELETE CASCADE, count integer NOT NULL,
    PRIMARY KEY (term, passage) INCLUDE (count))`);
  await query(`CREATE INDEX ON ${postings} (passage)`);
  await query(`CREATE TABLE ${notes} (key text COLLATE "C" PRIMARY KEY, text text NOT NULL)`);
  await createReaders(query, tables);
}

export const dropTables = (query: Query, { documents, passages, postings, notes, readers }: Tables): Promise<unknown> =>
  query(`DROP TABLE ${postings}, ${passages}, ${readers}, ${documents}, ${notes}`);
