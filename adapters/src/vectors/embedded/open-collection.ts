import type { Database } from 'better-sqlite3';
import { collectionNotFound, HeddleError, type CollectionInfo } from '@heddle/core';
import type { Kernel } from '../kernel/kernel.js';
import { createFilterRows, type FilterRows } from './search/filter-rows.js';
import { ReaderRows } from './search/reader-rows.js';
import { createTermChoice, type TermChoice } from './search/choose-terms.js';
import { prepareStatements, type Statements } from './tables.js';
import { createTermCutter, type TermCutter } from './search/term-bag.js';
import { mostPassages, VectorIndex, type RowPage } from './vector-index.js';

export interface CollectionRow {
  readonly id: number;
  readonly name: string;
  readonly embedding: string;
  readonly dimensions: number;
  readonly splitter: string;
  readonly label: string;
  readonly documents: number;
  readonly passages: number;
  readonly restricted: number;
  readonly created_at: number;
  readonly updated_at: number;
}

/** A collection that the worker has open: its statements from the start, its vectors once a search needs them. */
export interface OpenCollection {
  readonly id: number;
  readonly name: string;
  readonly dimensions: number;
  /** The most passages for which a search has memory. */
  readonly mostPassages: number;
  readonly statements: Statements;
  readonly database: Database;
  readonly filterRows: FilterRows;
  readonly readerRows: ReaderRows;
  readonly cutter: TermCutter;
  readonly terms: TermChoice;
  /** The index, if it is loaded. */
  loaded: VectorIndex | undefined;
  /** The index; loads it if necessary. Errors: `collection_full`. */
  index(): VectorIndex;
}

/** Errors: `collection_full` if a search has no memory for so many passages. */
export function checkRoom({ name, dimensions, mostPassages: most }: OpenCollection, passages: number): void {
  if (passages <= most) return;
  throw new HeddleError(
    'collection_full',
    `Collection '${name}' would have ${passages} passages, and the embedded store searches at most ${most} with vectors of ${dimensions} numbers. Move it to another store, split it, or use a model with shorter vectors.`,
  );
}

/** Reads a collection's row. Errors: `collection_not_found`. */
export function readCollection(database: Database, name: string): CollectionRow {
  const row = database.prepare<[string], CollectionRow>('SELECT * FROM collections WHERE name = ?').get(name);
  if (row === undefined) throw collectionNotFound(name);
  return row;
}

export const toCollectionInfo = (row: CollectionRow): CollectionInfo => ({
  name: row.name,
  embedding: row.embedding,
  dimensions: row.dimensions,
  splitter: JSON.parse(row.splitter) as CollectionInfo['splitter'], // this store wrote it from a parsed value
  label: JSON.parse(row.label) as CollectionInfo['label'],
  store: 'embedded',
  documents: row.documents,
  passages: row.passages,
  ...(row.restricted > 0 ? { restricted: row.restricted } : {}),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

export function openCollection(
  database: Database,
  row: CollectionRow,
  { createKernel, kernelBytes }: { readonly createKernel: () => Kernel; readonly kernelBytes?: number | undefined },
): OpenCollection {
  const statements = prepareStatements(database, row.id);
  const cutter = createTermCutter(database);
  const collection: OpenCollection = {
    id: row.id,
    name: row.name,
    dimensions: row.dimensions,
    mostPassages: mostPassages(row.dimensions, kernelBytes),
    statements,
    database,
    filterRows: createFilterRows(database, row.id),
    readerRows: new ReaderRows(database, row.id),
    cutter,
    terms: createTermChoice(cutter, statements),
    loaded: undefined,
    index: () => (collection.loaded ??= loadIndex(collection, createKernel())),
  };
  return collection;
}

function loadIndex(collection: OpenCollection, kernel: Kernel): VectorIndex {
  const { statements, dimensions } = collection;
  const { passages = 0 } = statements.countPassages.get() ?? {};
  // A file of a version without this limit can hold more.
  checkRoom(collection, passages);
  const index = new VectorIndex(kernel, dimensions);
  index.load(storedRows(statements), passages);
  return index;
}

/**
 * Reads all rows, a page at a time. SQLite joins the rows of a page into one piece, which is faster than thousands of rows, and the pages
 * limit the memory.
 */
function* storedRows({ readRows, readSlots }: Statements): Generator<RowPage> {
  for (let after = 0; ;) {
    const page = readRows.get(after);
    if (page === undefined || page.first === null) return;
    const { rows, first, last, bytes } = page;
    // Slots are consecutive except where rows were deleted.
    const slots =
      last - first + 1 === rows ? Int32Array.from({ length: rows }, (_, index) => first + index) : readSlots.all(after);
    yield { slots, bytes };
    after = last;
  }
}
