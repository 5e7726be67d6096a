import Database from 'better-sqlite3';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { withStorageErrors } from '../../database/storage-error.js';
import type { MovedTable, Row } from '../rows/row-forms.js';

const blobId = /sha256:[0-9a-f]{64}/g;

/** The columns in which a row holds content only by its blob id. Without the blob, the content is lost. */
const holders: Readonly<Record<string, string>> = { runs: 'blobs', records: 'blobs', openai_files: 'blob' };

const pageSize = 256;

/**
 * Records which files rows refer to, and which of these exist. It uses a temporary file that the operating system removes, because a
 * database may refer to more files than fit into memory.
 */
export class NamedFiles {
  private readonly connection = new Database('');
  private readonly insert: Database.Statement<[string, number]>;
  private readonly find: Database.Statement<[string]>;

  constructor() {
    // The data need not survive a crash.
    this.connection.pragma('journal_mode = OFF');
    this.connection.pragma('synchronous = OFF');
    this.connection.exec(
      'CREATE TABLE named (id TEXT PRIMARY KEY, is_held INTEGER NOT NULL, is_there INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID',
    );
    this.insert = this.connection.prepare(
      'INSERT INTO named (id, is_held) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET is_held = 1 WHERE excluded.is_held = 1 AND is_held = 0',
    );
    this.find = this.connection.prepare('UPDATE named SET is_there = 1 WHERE id = ?');
  }

  /** Records the files that any column of a row refers to. */
  readonly note = ({ name }: MovedTable, row: Row): void => {
    for (const [column, cell] of Object.entries(row)) {
      if (typeof cell !== 'string' || !cell.includes('sha256:')) continue;
      const isHeld = holders[name] === column ? 1 : 0;
      for (const [id] of cell.matchAll(blobId)) this.translated(() => void this.insert.run(id, isHeld));
    }
  };

  /** Marks the files that exist among the blobs of a data folder. */
  findInFolder(blobsFolder: string): void {
    for (const id of this.pages('1 = 1')) {
      const hex = id.slice('sha256:'.length);
      if (existsSync(join(blobsFolder, hex.slice(0, 2), hex.slice(2)))) this.translated(() => void this.find.run(id));
    }
  }

  async findAmong(ids: AsyncIterable<string>): Promise<void> {
    for await (const id of ids) this.translated(() => void this.find.run(id));
  }

  /** Counts the files that exist nowhere although content depends on them, and names the first. */
  missing(): { readonly count: number; readonly first: string | undefined } {
    const row = this.translated(() =>
      this.connection
        .prepare<[], { count: number; first: string | null }>(
          'SELECT count(*) AS count, min(id) AS first FROM named WHERE is_held = 1 AND is_there = 0',
        )
        .get(),
    );
    return { count: row?.count ?? 0, first: row?.first ?? undefined };
  }

  /** The ids of the existing files, sorted. */
  there(): Iterable<string> {
    return this.pages('is_there = 1');
  }

  get countThere(): number {
    return this.translated(
      () => this.connection.prepare<[], number>('SELECT count(*) FROM named WHERE is_there = 1').pluck().get() ?? 0,
    );
  }

  close(): void {
    this.connection.close();
  }

  /** Reads in pages, so that rows can be marked at the same time. */
  private *pages(condition: string): Generator<string> {
    const page = this.connection
      .prepare<[string], string>(`SELECT id FROM named WHERE id > ? AND ${condition} ORDER BY id LIMIT ${pageSize}`)
      .pluck();
    for (let after: string | undefined = ''; after !== undefined;) {
      const ids: readonly string[] = page.all(after);
      yield* ids;
      after = ids.at(-1);
    }
  }

  private translated<Result>(work: () => Result): Result {
    return withStorageErrors('the temporary files of the system', work);
  }
}
