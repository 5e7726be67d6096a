import type { Database, Statement } from 'better-sqlite3';
import { HeddleError, type CreateCollection, type Passage } from '@heddle/core';
import { countChanges, type ChangeCount } from './count-changes.js';
import { createKernel } from '../kernel/create-kernel.js';
import { createDamageJudge } from './damage-judge.js';
import {
  findCollection,
  openCollection,
  toCollectionInfo,
  type CollectionRow,
  type OpenCollection,
} from './open-collection.js';
import { openFile } from './open-file.js';
import type { StoreCall, StoreOptions } from './protocol.js';
import { readNeighbours, readPassages, toDocumentInfo } from './read-passages.js';
import { search } from './search.js';
import { storageErrorOf } from '../../database/storage-error.js';
import { collectionSchema, dropSchema } from './tables.js';
import { deleteDocuments, putDocuments } from './write-documents.js';

/** Answers the store's calls, one at a time; the file is opened by the first. */
export interface StoreService {
  answer(call: StoreCall): unknown;
}

/** The file, and what is asked of it at each search. */
interface OpenFile {
  readonly database: Database;
  /** Another number after another connection committed. */
  readonly version: Statement<[], number>;
  readonly changes: ChangeCount;
  /** All that a search reads under one lock, of one state. */
  readonly inOneState: (read: () => readonly Passage[]) => readonly Passage[];
}

const prepare = (database: Database, file: string): OpenFile => ({
  database,
  changes: countChanges(database, file),
  version: database.prepare<[], number>('PRAGMA data_version').pluck(),
  inOneState: database.transaction((read: () => readonly Passage[]) => read()),
});

/** The store itself: it runs in the worker, which alone reads and writes the file. */
export function createStoreService(options: StoreOptions): StoreService {
  let opened: OpenFile | undefined;
  const open = new Map<string, OpenCollection>();
  let seenVersion: number | undefined;

  const openedFile = (): OpenFile => (opened ??= prepare(openFile(options), options.file));
  const file = (): Database => openedFile().database;

  const collection = (name: string): OpenCollection => {
    const version = openedFile().version.get();
    // Another connection committed: what we keep in memory may be out of date.
    if (version !== seenVersion) open.clear();
    seenVersion = version;
    const known =
      open.get(name) ?? openCollection(file(), findCollection(file(), name), () => createKernel(options.kernel));
    open.set(name, known);
    return known;
  };

  const answer = (call: StoreCall): unknown => {
    switch (call.name) {
      case 'create':
        create(file(), call.take);
        return undefined;
      case 'list':
        return file().prepare<[], CollectionRow>('SELECT * FROM collections ORDER BY name').all().map(toCollectionInfo);
      case 'info':
        return toCollectionInfo(findCollection(file(), call.take.name));
      case 'drop':
        open.delete(call.take.name);
        return drop(file(), call.take.name);
      case 'put':
        putDocuments(collection(call.take.name), call.take.documents, call.take.vectors, Date.now());
        return undefined;
      case 'delete':
        return deleteDocuments(collection(call.take.name), call.take.documents, Date.now());
      case 'documents':
        return collection(call.take.name)
          .statements.listDocuments.all(call.take.after ?? '', call.take.limit)
          .map(toDocumentInfo);
      case 'document': {
        const found = collection(call.take.name).statements.findDocument.get(call.take.document);
        return found === undefined ? undefined : toDocumentInfo(found);
      }
      case 'passages':
        return readPassages(collection(call.take.name), call.take.document);
      case 'search':
        return openedFile().inOneState(() => search(collection(call.take.name), call.take.query));
      case 'neighbours':
        return readNeighbours(collection(call.take.name), call.take.passage, call.take.before, call.take.after);
      case 'close':
        open.clear();
        opened?.changes.close();
        opened?.database.close();
        opened = undefined;
        return undefined;
    }
  };

  const judge = createDamageJudge(options.file);

  return {
    answer(call) {
      try {
        const given = answer(call);
        if (writers.has(call.name)) opened?.changes.add();
        return given;
      } catch (error) {
        throw judge(error instanceof HeddleError ? error : (storageErrorOf(error, options.file) ?? error));
      }
    },
  };
}

const writers: ReadonlySet<string> = new Set(['create', 'drop', 'put', 'delete']);

function create(database: Database, { name, embedding, dimensions, splitter, label }: CreateCollection): void {
  const now = Date.now();
  database
    .transaction(() => {
      if (database.prepare('SELECT 1 FROM collections WHERE name = ?').get(name) !== undefined) {
        throw new HeddleError(
          'collection_exists',
          `Collection '${name}' exists already: choose another name or drop it first.`,
        );
      }
      const { lastInsertRowid } = database
        .prepare(
          'INSERT INTO collections (name, embedding, dimensions, splitter, label, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
        )
        .run(name, embedding, dimensions, JSON.stringify(splitter), JSON.stringify(label), now, now);
      database.exec(collectionSchema(Number(lastInsertRowid)));
    })
    .immediate();
}

function drop(database: Database, name: string): boolean {
  return database
    .transaction(() => {
      const row = database.prepare<[string], CollectionRow>('SELECT * FROM collections WHERE name = ?').get(name);
      if (row === undefined) return false;
      database.exec(dropSchema(row.id));
      database.prepare('DELETE FROM collections WHERE id = ?').run(row.id);
      return true;
    })
    .immediate();
}
