import { createRequire } from 'node:module';
import { join } from 'node:path';

const Database = createRequire(new URL('../../server/package.json', import.meta.url))('better-sqlite3');
const body = JSON.stringify({ outputs: { value: { value: 'x', label: { origins: [], level: 'public' } } } });

/** SQLite without an engine, with a table like that of the journal. It shows the cost of a row that is committed alone. */
export function openBare(folder) {
  const database = new Database(join(folder, 'bare.db'));
  database.pragma('page_size = 4096');
  database.pragma('journal_mode = WAL');
  database.pragma('wal_autocheckpoint = 2048');
  database.exec(`
    CREATE TABLE records (number INTEGER PRIMARY KEY, run INTEGER, seq INTEGER, type TEXT, time REAL, path TEXT, body TEXT) STRICT;
    CREATE UNIQUE INDEX records_by_run ON records (run, seq);
  `);
  const insert = database.prepare('INSERT INTO records (run, seq, type, time, path, body) VALUES (?, ?, ?, ?, ?, ?)');
  let seq = 0;
  return {
    /** Gives the milliseconds for transactions of one row each. Flushed transactions survive a power loss. */
    commit(rows, isFlushed = false) {
      database.pragma(`synchronous = ${isFlushed ? 'FULL' : 'NORMAL'}`);
      const begin = performance.now();
      for (let row = 0; row < rows; row += 1) insert.run(1, (seq += 1), 'node-end', Date.now(), `n${row}`, body);
      return performance.now() - begin;
    },
    close: () => database.close(),
  };
}
