import type { Connection, Table } from '@lancedb/lancedb';
import { loadLibrary, type Library } from './library.js';
import { toLanceError } from './lance-error.js';
import { NamesFile, type NamedTable } from './names-file.js';
import { schemaOf } from './row.js';

/** Changes of a table after which its files are compacted. */
const mostChanges = 64;
/** Milliseconds that files of earlier versions stay, for searches that still read them. */
const versionsKept = 600_000;

interface Opened {
  readonly library: Library;
  readonly connection: Connection;
  readonly names: NamesFile;
}

/** The tables of a folder. Each collection is one table. The table keeps its name when the collection is renamed. */
export class Tables {
  readonly folder: string;
  private opened: Promise<Opened> | undefined;
  private readonly tables = new Map<string, Promise<Table>>();
  private readonly changes = new Map<string, number>();

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Runs work that needs only the names. Errors: `vector_store_failed`, `storage_full`, … */
  async withNames<Result>(work: (names: NamesFile) => Result | Promise<Result>): Promise<Result> {
    return this.guarded(undefined, async () => work((await this.open()).names));
  }

  /** Reads the table of a collection in its newest version, whichever program wrote it. */
  async read<Result>(name: string, work: (table: Table, entry: NamedTable) => Promise<Result>): Promise<Result> {
    return this.guarded(name, async () => {
      const entry = (await this.open()).names.find(name);
      return work(await this.tableOf(entry), entry);
    });
  }

  /** Changes the table of a collection, while no other program writes. */
  async write(
    name: string,
    work: (table: Table, opened: Opened, entry: NamedTable) => Promise<unknown>,
  ): Promise<void> {
    return this.guarded(name, async () => {
      const opened = await this.open();
      await opened.names.alone(async () => {
        const entry = opened.names.find(name);
        const table = await this.tableOf(entry);
        await work(table, opened, entry);
        const changes = (this.changes.get(entry.tableId) ?? 0) + 1;
        this.changes.set(entry.tableId, changes % mostChanges);
        if (changes === mostChanges) await table.optimize({ cleanupOlderThan: new Date(Date.now() - versionsKept) });
      });
    });
  }

  /** Adds recently written rows to the index of words; only then do its statistics count them. */
  async indexWords(name: string): Promise<void> {
    await this.write(name, async (table) => {
      if (await hasNewRows(table)) await table.optimize({ cleanupOlderThan: new Date(Date.now() - versionsKept) });
    });
  }

  /** Removes the tables of collections that were dropped. */
  async sweep(): Promise<void> {
    await this.guarded(undefined, async () => {
      const { names, connection } = await this.open();
      if (names.gone().length === 0) return;
      await names.alone(async () => {
        for (const tableId of names.gone()) {
          this.tables.delete(tableId);
          await connection.dropTable(tableId).catch(ignoreMissing);
          names.forget(tableId);
        }
      });
    });
  }

  async close(): Promise<void> {
    const opened = await this.opened?.catch(() => undefined);
    this.opened = undefined;
    await opened?.names.close();
    opened?.connection.close();
  }

  private open(): Promise<Opened> {
    this.opened ??= this.begin().catch((error: unknown) => {
      this.opened = undefined;
      throw error;
    });
    return this.opened;
  }

  private async begin(): Promise<Opened> {
    const library = await loadLibrary();
    const names = new NamesFile(this.folder);
    // Each read uses the newest version.
    const connection = await library.lance.connect(this.folder, { readConsistencyInterval: 0 });
    return { library, connection, names };
  }

  private tableOf(entry: NamedTable): Promise<Table> {
    const known = this.tables.get(entry.tableId) ?? this.makeTable(entry);
    this.tables.set(entry.tableId, known);
    known.catch(() => this.tables.delete(entry.tableId));
    return known;
  }

  /** Opens a table, or creates it: a program that was killed after it wrote the name left no table. */
  private async makeTable({ tableId, dimensions }: NamedTable): Promise<Table> {
    const { library, connection } = await this.open();
    const table = await connection.createEmptyTable(tableId, schemaOf(library, dimensions), { existOk: true });
    const known = new Set((await table.listIndices()).flatMap(({ columns }) => columns));
    const { Index } = library.lance;
    // The words are already cut.
    const plain = { lowercase: false, stem: false, removeStopWords: false, asciiFolding: false, maxTokenLength: 1_000 };
    if (!known.has('terms'))
      await table.createIndex('terms', {
        config: Index.fts({ ...plain, baseTokenizer: 'whitespace', withPosition: false }),
      });
    for (const column of ['key', 'document'])
      if (!known.has(column)) await table.createIndex(column, { config: Index.btree() });
    return table;
  }

  private async guarded<Result>(collection: string | undefined, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw toLanceError(error, collection === undefined ? this : { folder: this.folder, collection });
    }
  }
}

/** A collection that was never written to has no table, and another program may have removed it. */
function ignoreMissing(error: unknown): void {
  if (!/was not found/i.test(String(error))) throw error;
}

/** Whether more than one row in a hundred is not yet in the index of words. */
export async function hasNewRows(table: Table): Promise<boolean> {
  const stats = await table.indexStats('terms_idx');
  return stats !== undefined && stats.numUnindexedRows > stats.numIndexedRows / 100;
}
