import Database from 'better-sqlite3';
import { z } from 'zod';
import { withStorageErrors } from '../database/storage-error.js';
import type { RunPlacing } from './assign-needs.js';

const Stored = z.object({ needs: z.array(z.string()), workerClass: z.string() });

/** Records the needs of unfinished runs in a temporary file, which the operating system removes: there can be many. */
export class Placings {
  private readonly connection = new Database('');
  private readonly insert: Database.Statement<[string, string]>;
  private readonly select: Database.Statement<[string], string>;

  constructor() {
    this.connection.pragma('journal_mode = OFF');
    this.connection.exec('CREATE TABLE placings (run TEXT PRIMARY KEY, placing TEXT NOT NULL) STRICT, WITHOUT ROWID');
    this.insert = this.connection.prepare('INSERT OR REPLACE INTO placings (run, placing) VALUES (?, ?)');
    this.select = this.connection.prepare<[string], string>('SELECT placing FROM placings WHERE run = ?').pluck();
  }

  /** Errors: `storage_*`. */
  note(runId: string, placing: RunPlacing): void {
    withStorageErrors('the temporary files of the system', () => this.insert.run(runId, JSON.stringify(placing)));
  }

  find(runId: string): RunPlacing | undefined {
    const placing = this.select.get(runId);
    return placing === undefined ? undefined : Stored.parse(JSON.parse(placing));
  }

  close(): void {
    this.connection.close();
  }
}
