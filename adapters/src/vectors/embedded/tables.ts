import type { Database, Statement } from 'better-sqlite3';
import type { FieldValue } from './metadata-fields.js';

/**
 * Version of the file's layout; a newer Heddle wrote a file with a higher one. Version 2 added readers, which an older Heddle would not
 * check.
 */
export const schemaVersion = 2;

/** Marks the file as Heddle's vector file ("HdVe"). */
export const applicationId = 0x48645665;

/** Tables that exist once in the file. */
export const fileSchema = `
  CREATE TABLE collections (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    embedding TEXT NOT NULL,
    dimensions INTEGER NOT NULL,
    splitter TEXT NOT NULL,
    label TEXT NOT NULL,
    documents INTEGER NOT NULL DEFAULT 0,
    passages INTEGER NOT NULL DEFAULT 0,
    tokens INTEGER NOT NULL DEFAULT 0,
    restricted INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  ) STRICT;
`;

/** The languages of a collection's documents. A file of an older version gets the table when it is opened. */
export const languagesSchema = `
  CREATE TABLE IF NOT EXISTS languages (
    collection INTEGER NOT NULL, code TEXT NOT NULL, PRIMARY KEY (collection, code)
  ) STRICT, WITHOUT ROWID;
`;

/** Texts that Heddle stores with a collection. A file of an older version gets the table when it is opened. */
export const notesSchema = `
  CREATE TABLE IF NOT EXISTS notes (
    collection INTEGER NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (collection, key)
  ) STRICT, WITHOUT ROWID;
`;

/** Which documents each reader may read, among the documents with a list. The list itself is in the document's row. */
const readersSchema = (id: number): string => `
  CREATE TABLE readers_${id} (reader TEXT NOT NULL, document INTEGER NOT NULL, PRIMARY KEY (reader, document)) STRICT, WITHOUT ROWID;
  CREATE INDEX documents_${id}_restricted ON documents_${id} (number) WHERE readers IS NOT NULL;
`;

/** Adds the columns and tables of readers to a file of layout 1. */
export const addReaders = (ids: readonly number[]): string =>
  ids
    .map((id) => `ALTER TABLE documents_${id} ADD COLUMN readers TEXT;${readersSchema(id)}`)
    .concat('ALTER TABLE collections ADD COLUMN restricted INTEGER NOT NULL DEFAULT 0;')
    .join('\n');

/**
 * The terms of each passage's title and headings, each term once: a search that gives them another weight than `bags` reads them here. A
 * file of an older version gets the table when it is opened. The trigger keeps the rows in step when an older Heddle writes.
 */
export const titlesSchema = (id: number): string => `
  CREATE TABLE IF NOT EXISTS titles_${id} (slot INTEGER PRIMARY KEY, bag BLOB NOT NULL) STRICT;
  CREATE TRIGGER IF NOT EXISTS titles_${id}_gone AFTER DELETE ON bags_${id} BEGIN DELETE FROM titles_${id} WHERE slot = old.slot; END;
`;

/**
 * How the full-text index cuts text into terms: words of any script, accents removed, English endings stemmed. Words of other languages are
 * stemmed before.
 */
export const tokenizer = 'porter unicode61 remove_diacritics 2';

/**
 * Tables of one collection, named by its number, because dimensions and word statistics differ between collections. `rows` keeps what is
 * loaded into memory (scale and int8 row), `exact` the float rows that only rescoring reads. `fields` holds one row for each value of a
 * passage's metadata, with the value's own type; its key is the index for filters. `words` finds passages by word and keeps no text; `bags`
 * keeps each passage's terms, to score it by all words of a question.
 */
export const collectionSchema = (id: number): string => `
  CREATE TABLE documents_${id} (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    source TEXT,
    media_type TEXT NOT NULL,
    hash TEXT NOT NULL,
    size INTEGER NOT NULL,
    label TEXT,
    metadata TEXT,
    passages INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    readers TEXT
  ) STRICT;
  ${readersSchema(id)}
  CREATE TABLE passages_${id} (
    slot INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    document INTEGER NOT NULL,
    position INTEGER NOT NULL,
    text TEXT NOT NULL,
    place TEXT,
    metadata TEXT
  ) STRICT;
  CREATE UNIQUE INDEX passages_${id}_order ON passages_${id} (document, position);
  CREATE TABLE fields_${id} (field TEXT NOT NULL, value ANY NOT NULL, slot INTEGER NOT NULL, PRIMARY KEY (field, value, slot)) STRICT, WITHOUT ROWID;
  CREATE TABLE rows_${id} (slot INTEGER PRIMARY KEY, row BLOB NOT NULL) STRICT;
  CREATE TABLE exact_${id} (slot INTEGER PRIMARY KEY, vector BLOB NOT NULL) STRICT;
  CREATE TABLE bags_${id} (slot INTEGER PRIMARY KEY, bag BLOB NOT NULL) STRICT;
  ${titlesSchema(id)}
  CREATE VIRTUAL TABLE words_${id} USING fts5(text, context, content='', contentless_delete=1, tokenize='${tokenizer}');
  CREATE VIRTUAL TABLE terms_${id} USING fts5vocab(words_${id}, 'row');
`;

/** The statements that remove the tables of a collection. */
export const dropSchema = (id: number): string =>
  ['terms', 'words', 'titles', 'bags', 'exact', 'rows', 'fields', 'passages', 'readers', 'documents']
    .map((table) => `DROP TABLE IF EXISTS ${table}_${id};`)
    .concat(`DELETE FROM languages WHERE collection = ${id};`, `DELETE FROM notes WHERE collection = ${id};`)
    .join('\n');

/** The prepared statements of one collection. */
export interface Statements {
  readonly findDocument: Statement<[string], DocumentRow>;
  readonly listDocuments: Statement<[string, number], DocumentRow>;
  readonly insertDocument: Statement<(string | number | null)[]>;
  readonly deleteDocument: Statement<[number]>;
  readonly setReaders: Statement<[string | null, number]>;
  readonly insertReader: Statement<[string, number]>;
  readonly deleteReader: Statement<[string, number]>;
  readonly passageBySlot: Statement<[number], PassageRow>;
  /** The documents of passages, given a JSON list of slots. One call for many slots costs half as much as a call for each. */
  readonly documentsOf: Statement<[string], SlotOfDocument>;
  readonly passageById: Statement<[string], PassageRow>;
  /** The slots of passages, given a JSON list of ids. */
  readonly slotsAmong: Statement<[string], { readonly id: string; readonly document: string; readonly slot: number }>;
  readonly passagesBetween: Statement<[number, number, number], PassageRow>;
  readonly passageOwner: Statement<[string], string>;
  readonly slotsOf: Statement<[number], { readonly slot: number; readonly metadata: string | null }>;
  readonly lastSlot: Statement<[], number | null>;
  readonly insertPassage: Statement<(string | number | null)[]>;
  readonly deletePassages: Statement<[number]>;
  readonly insertField: Statement<[string, FieldValue, number]>;
  readonly deleteField: Statement<[string, FieldValue, number]>;
  readonly insertRow: Statement<[number, Buffer]>;
  readonly deleteRow: Statement<[number]>;
  /** The rows after a slot, joined in the order of their slots. */
  readonly readRows: Statement<[number], StoredPage>;
  /** The slots of the same rows. */
  readonly readSlots: Statement<[number], number>;
  readonly insertExact: Statement<[number, Buffer]>;
  readonly deleteExact: Statement<[number]>;
  readonly readExact: Statement<[number], Buffer>;
  readonly insertWords: Statement<[number, string, string]>;
  readonly deleteWords: Statement<[number]>;
  /** The passages that match a full-text expression. */
  readonly holders: Statement<[string], number>;
  /** The positions of a term, grouped by passage: twice the slot of the passage, plus 1 if the position is in the title or headings. */
  readonly places: Statement<[string], number>;
  /** Whether any passage matches. */
  readonly holds: Statement<[string], number>;
  /** The best matches by FTS5's own rank. Of very many matches only the first are ranked: words that so many contain say little. */
  readonly ranked: Statement<[string, number], number>;
  readonly insertBag: Statement<[number, Buffer]>;
  readonly deleteBag: Statement<[number]>;
  readonly readBag: Statement<[number], Buffer>;
  /** The terms of passages, given a JSON list of slots. */
  readonly readBags: Statement<[string], StoredBag>;
  readonly insertTitle: Statement<[number, Buffer]>;
  /** The terms of their titles and headings. */
  readonly readTitles: Statement<[string], StoredBag>;
  readonly languages: Statement<[], string>;
  readonly addLanguage: Statement<[string]>;
  readonly readNote: Statement<[string], string>;
  readonly writeNote: Statement<[string, string]>;
  readonly deleteNote: Statement<[string]>;
  readonly countPassages: Statement<[], { readonly passages: number; readonly tokens: number }>;
  readonly documentsOfTerm: Statement<[string], number>;
}

/** Rows read at once. */
const pageRows = 4096;

/** Most passages that are ranked by how often they contain the words of a question. */
const mostMatching = 100_000;

export interface SlotOfDocument {
  readonly slot: number;
  readonly document: number;
}

interface StoredBag {
  readonly slot: number;
  readonly bag: Buffer;
}

/** A page of rows, as `readRows` yields it; `first` is null if there are no rows. */
interface StoredPage {
  readonly rows: number;
  readonly first: number | null;
  readonly last: number;
  readonly bytes: Buffer;
}

/** Prepares the statements that read and write one collection. */
export function prepareStatements(database: Database, id: number): Statements {
  // `+?` makes SQLite plan the join without the value; otherwise it would compile the statement again for each value.
  const joined = `passages_${id} p JOIN documents_${id} d ON d.number = p.document`;
  const passage = `
    SELECT p.slot, p.id, d.id AS document, p.text, d.title, d.source, p.place, p.metadata, d.label, p.document AS number, p.position
    FROM ${joined}`;
  return {
    findDocument: database.prepare(`SELECT * FROM documents_${id} WHERE id = ?`),
    listDocuments: database.prepare(`SELECT * FROM documents_${id} WHERE id > ? ORDER BY id LIMIT ?`),
    insertDocument: database.prepare(
      `INSERT INTO documents_${id} (id, title, source, media_type, hash, size, label, metadata, passages, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    deleteDocument: database.prepare(`DELETE FROM documents_${id} WHERE number = ?`),
    setReaders: database.prepare(`UPDATE documents_${id} SET readers = ? WHERE number = ?`),
    insertReader: database.prepare(`INSERT INTO readers_${id} (reader, document) VALUES (?, ?)`),
    deleteReader: database.prepare(`DELETE FROM readers_${id} WHERE reader = ? AND document = ?`),
    passageBySlot: database.prepare(`${passage} WHERE p.slot = +?`),
    documentsOf: database.prepare(
      `SELECT slot, document FROM json_each(?) AS asked CROSS JOIN passages_${id} ON slot = asked.value`,
    ),
    passageById: database.prepare(`${passage} WHERE p.id = +?`),
    slotsAmong: database.prepare(
      `SELECT p.id, d.id AS document, p.slot FROM json_each(?) AS asked CROSS JOIN passages_${id} p ON p.id = asked.value
       JOIN documents_${id} d ON d.number = p.document`,
    ),
    passagesBetween: database.prepare(
      `${passage} WHERE p.document = +? AND p.position BETWEEN +? AND +? ORDER BY p.position`,
    ),
    passageOwner: database.prepare<[string], string>(`SELECT d.id FROM ${joined} WHERE p.id = +?`).pluck(),
    slotsOf: database.prepare(`SELECT slot, metadata FROM passages_${id} WHERE document = ?`),
    lastSlot: database.prepare<[], number | null>(`SELECT max(slot) FROM passages_${id}`).pluck(),
    insertPassage: database.prepare(
      `INSERT INTO passages_${id} (slot, id, document, position, text, place, metadata) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
    deletePassages: database.prepare(`DELETE FROM passages_${id} WHERE document = ?`),
    insertField: database.prepare(`INSERT OR IGNORE INTO fields_${id} (field, value, slot) VALUES (?, ?, ?)`),
    deleteField: database.prepare(`DELETE FROM fields_${id} WHERE field = ? AND value = ? AND slot = ?`),
    insertRow: database.prepare(`INSERT INTO rows_${id} (slot, row) VALUES (?, ?)`),
    deleteRow: database.prepare(`DELETE FROM rows_${id} WHERE slot = ?`),
    // The inner query has a limit, so the rows are joined in its order. Joined blobs are text to SQLite, with the same bytes.
    readRows: database.prepare(
      `SELECT count(*) AS rows, min(slot) AS first, max(slot) AS last, CAST(group_concat(row, '') AS BLOB) AS bytes
       FROM (SELECT slot, row FROM rows_${id} WHERE slot > ? ORDER BY slot LIMIT ${pageRows})`,
    ),
    readSlots: database
      .prepare<[number], number>(`SELECT slot FROM rows_${id} WHERE slot > ? ORDER BY slot LIMIT ${pageRows}`)
      .pluck(),
    insertExact: database.prepare(`INSERT INTO exact_${id} (slot, vector) VALUES (?, ?)`),
    deleteExact: database.prepare(`DELETE FROM exact_${id} WHERE slot = ?`),
    readExact: database.prepare<[number], Buffer>(`SELECT vector FROM exact_${id} WHERE slot = ?`).pluck(),
    ...prepareWords(database, id),
    ...prepareBags(database, id),
    ...prepareNotes(database, id),
    countPassages: database.prepare(`SELECT passages, tokens FROM collections WHERE id = ${id}`),
    documentsOfTerm: database.prepare<[string], number>(`SELECT doc FROM terms_${id} WHERE term = ?`).pluck(),
  };
}

type NoteStatements = Pick<Statements, 'languages' | 'addLanguage' | 'readNote' | 'writeNote' | 'deleteNote'>;

const prepareNotes = (database: Database, id: number): NoteStatements => ({
  languages: database.prepare<[], string>(`SELECT code FROM languages WHERE collection = ${id}`).pluck(),
  addLanguage: database.prepare(`INSERT OR IGNORE INTO languages (collection, code) VALUES (${id}, ?)`),
  readNote: database.prepare<[string], string>(`SELECT text FROM notes WHERE collection = ${id} AND key = ?`).pluck(),
  writeNote: database.prepare(`INSERT OR REPLACE INTO notes (collection, key, text) VALUES (${id}, ?, ?)`),
  deleteNote: database.prepare(`DELETE FROM notes WHERE collection = ${id} AND key = ?`),
});

type WordStatements = Pick<Statements, 'insertWords' | 'deleteWords' | 'places' | 'holders' | 'holds' | 'ranked'>;

function prepareWords(database: Database, id: number): WordStatements {
  // A temporary table over the index of words: only this connection has it, and the file does not change.
  database.exec(`CREATE VIRTUAL TABLE IF NOT EXISTS temp.places_${id} USING fts5vocab(main, words_${id}, 'instance')`);
  const matching = `words_${id} WHERE words_${id} MATCH ?`;
  return {
    insertWords: database.prepare(`INSERT INTO words_${id} (rowid, text, context) VALUES (?, ?, ?)`),
    deleteWords: database.prepare(`DELETE FROM words_${id} WHERE rowid = ?`),
    places: database
      .prepare<[string], number>(`SELECT doc * 2 + (col = 'context') FROM temp.places_${id} WHERE term = ?`)
      .pluck(),
    holders: database.prepare<[string], number>(`SELECT rowid FROM ${matching}`).pluck(),
    holds: database.prepare<[string], number>(`SELECT rowid FROM ${matching} LIMIT 1`).pluck(),
    ranked: database
      .prepare<[string, number], number>(
        `SELECT slot FROM (SELECT rowid AS slot, rank FROM ${matching} LIMIT ${mostMatching}) ORDER BY rank LIMIT ?`,
      )
      .pluck(),
  };
}

type BagStatements = Pick<
  Statements,
  'insertBag' | 'deleteBag' | 'readBag' | 'readBags' | 'insertTitle' | 'readTitles'
>;

const prepareBags = (database: Database, id: number): BagStatements => ({
  insertBag: database.prepare(`INSERT INTO bags_${id} (slot, bag) VALUES (?, ?)`),
  deleteBag: database.prepare(`DELETE FROM bags_${id} WHERE slot = ?`),
  readBag: database.prepare<[number], Buffer>(`SELECT bag FROM bags_${id} WHERE slot = ?`).pluck(),
  readBags: prepareBagsOf(database, `bags_${id}`),
  insertTitle: database.prepare(`INSERT INTO titles_${id} (slot, bag) VALUES (?, ?)`),
  readTitles: prepareBagsOf(database, `titles_${id}`),
});

const prepareBagsOf = (database: Database, table: string): Statement<[string], StoredBag> =>
  database.prepare(`SELECT slot, bag FROM json_each(?) AS asked CROSS JOIN ${table} ON slot = asked.value`);

export interface DocumentRow {
  readonly number: number;
  readonly id: string;
  readonly title: string;
  readonly source: string | null;
  readonly media_type: string;
  readonly hash: string;
  readonly size: number;
  readonly label: string | null;
  readonly metadata: string | null;
  readonly passages: number;
  readonly updated_at: number;
  readonly readers: string | null;
}

/** A passage joined with its document. */
export interface PassageRow {
  readonly slot: number;
  readonly id: string;
  readonly document: string;
  readonly text: string;
  readonly title: string;
  readonly source: string | null;
  readonly place: string | null;
  readonly metadata: string | null;
  readonly label: string | null;
  readonly number: number;
  readonly position: number;
}
