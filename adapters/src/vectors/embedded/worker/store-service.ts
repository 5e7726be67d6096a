import type { Database, Statement } from 'better-sqlite3';
import { HeddleError, type CreateCollection, type Rename } from '@heddle/core';
import { countChanges, type ChangeCount } from '../count-changes.js';
import { createKernel } from '../../kernel/create-kernel.js';
import { createDamageJudge } from '../damage-judge.js';
import {
  readCollection,
  openCollection,
  toCollectionInfo,
  type CollectionRow,
  type OpenCollection,
} from '../open-collection.js';
import { matchHeaders } from '../match-headers.js';
import { openFile } from '../open-file.js';
import type { StoreCall, StoreCalls, StoreOptions } from './protocol.js';
import { readNeighbours, readPassages, readVectors, toDocumentInfo } from '../read-passages.js';
import { search, visibleAmong } from '../search/search.js';
import { failpoint } from '../../../database/failpoint.js';
import { storageErrorOf } from '../../../database/storage-error.js';
import { collectionSchema, dropSchema } from '../tables.js';
import { deleteDocuments, putDocuments, setReaders } from '../write-documents.js';
import { nameTaken } from '../../shared/name-taken.js';

/** The open file, and what each search needs of it. */
interface OpenFile {
  readonly database: Database;
  /** Changes after another connection has committed. */
  readonly version: Statement<[], number>;
  readonly changes: ChangeCount;
  /** Reads under one lock, so that a search sees a single state of the file. */
  readonly inOneState: <Read>(read: () => Read) => Read;
}

const prepare = (database: Database, file: string): OpenFile => ({
  database,
  changes: countChanges(database, file),
  version: database.prepare<[], number>('PRAGMA data_version').pluck(),
  inOneState: <Read>(read: () => Read): Read => database.transaction(read)(),
});

/** The store itself. It runs in the worker, the only thread that reads and writes the file. */
export class StoreService {
  private readonly options: StoreOptions;
  private opened: OpenFile | undefined;
  private readonly open = new Map<string, OpenCollection>();
  private seenVersion: number | undefined;
  private readonly judge: (error: unknown) => unknown;

  constructor(options: StoreOptions) {
    this.options = options;
    this.judge = createDamageJudge(options.file);
  }

  answer(call: StoreCall): unknown {
    try {
      const given = this.perform(call);
      if (writers.has(call.name)) this.opened?.changes.add();
      return given;
    } catch (error) {
      throw this.judge(error instanceof HeddleError ? error : (storageErrorOf(error, this.options.file) ?? error));
    }
  }

  private openedFile(): OpenFile {
    return (this.opened ??= prepare(openFile(this.options), this.options.file));
  }

  private file(): Database {
    return this.openedFile().database;
  }

  private collection(name: string): OpenCollection {
    const version = this.openedFile().version.get();
    // Another connection committed, so the contents in memory may be out of date.
    if (version !== this.seenVersion) this.open.clear();
    this.seenVersion = version;
    const known =
      this.open.get(name) ??
      openCollection(this.file(), readCollection(this.file(), name), {
        createKernel: () => createKernel(this.options.kernel),
        kernelBytes: this.options.kernelBytes,
      });
    this.open.set(name, known);
    return known;
  }

  private perform(call: StoreCall): unknown {
    switch (call.name) {
      case 'create':
        create(this.file(), call.take);
        return undefined;
      case 'list':
        return this.file()
          .prepare<[], CollectionRow>('SELECT * FROM collections ORDER BY name')
          .all()
          .map(toCollectionInfo);
      case 'info':
        return toCollectionInfo(readCollection(this.file(), call.take.name));
      case 'drop':
        this.open.delete(call.take.name);
        return drop(this.file(), call.take.name);
      case 'put':
        putDocuments(this.collection(call.take.name), call.take.documents, call.take.vectors, Date.now());
        return undefined;
      case 'delete':
        return deleteDocuments(this.collection(call.take.name), call.take.documents, Date.now());
      case 'setReaders':
        return setReaders(this.collection(call.take.name), call.take.changes, Date.now());
      case 'documents':
        return this.collection(call.take.name)
          .statements.listDocuments.all(call.take.after ?? '', call.take.limit)
          .map(toDocumentInfo);
      case 'document': {
        const found = this.collection(call.take.name).statements.findDocument.get(call.take.document);
        return found === undefined ? undefined : toDocumentInfo(found);
      }
      case 'passages':
        return readPassages(this.collection(call.take.name), call.take.document);
      case 'vectors':
        return readVectors(this.collection(call.take.name), call.take.document);
      case 'matchHeaders':
        return matchHeaders(this.collection(call.take.name), call.take);
      case 'search':
        return this.openedFile().inOneState(() => search(this.collection(call.take.name), call.take.query));
      case 'visible':
        return this.openedFile().inOneState(() => visibleAmong(this.collection(call.take.name), call.take));
      case 'neighbours':
        return readNeighbours(this.collection(call.take.name), call.take.passage, call.take.before, call.take.after);
      case 'rename':
        rename(this.file(), call.take);
        this.open.clear();
        return undefined;
      case 'note':
        return this.collection(call.take.name).statements.readNote.get(call.take.key);
      case 'setNote':
        setNote(this.collection(call.take.name), call.take);
        return undefined;
      case 'close':
        this.open.clear();
        this.opened?.changes.close();
        this.opened?.database.close();
        this.opened = undefined;
        return undefined;
    }
  }
}

const writers: ReadonlySet<string> = new Set(['create', 'drop', 'rename', 'put', 'delete', 'setReaders', 'setNote']);

function setNote({ statements }: OpenCollection, { key, text }: StoreCalls['setNote']['take']): void {
  if (text === undefined) statements.deleteNote.run(key);
  else statements.writeNote.run(key, text);
}

function create(database: Database, { name, embedding, dimensions, splitter, label }: CreateCollection): void {
  const now = Date.now();
  database
    .transaction(() => {
      if (database.prepare('SELECT 1 FROM collections WHERE name = ?').get(name) !== undefined) {
        throw nameTaken(name);
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

/** Renames in one transaction, via temporary names, because two collections can exchange their names. */
function rename(database: Database, moves: readonly Rename[]): void {
  database
    .transaction(() => {
      const change = database.prepare<[string, number]>('UPDATE collections SET name = ? WHERE id = ?');
      const found = moves.map(({ from, to }) => ({ id: readCollection(database, from).id, to }));
      for (const { id } of found) change.run(`\u0000${id}`, id);
      for (const { id, to } of found) {
        if (database.prepare('SELECT 1 FROM collections WHERE name = ?').get(to) !== undefined) throw nameTaken(to);
        change.run(to, id);
      }
      failpoint('reindex-before-commit');
    })
    .immediate();
  failpoint('reindex-after-commit');
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
