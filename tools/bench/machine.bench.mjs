import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { inTemporaryFolder, sample, seeded } from './shared.mjs';

const Database = createRequire(new URL('../../server/package.json', import.meta.url))('better-sqlite3');

/** Does a fixed amount of work without any code of Heddle: objects, text, maps and sorting. */
function computeOnce() {
  const random = seeded(1);
  const rows = Array.from({ length: 2_000 }, (_none, index) => ({ index, name: `row ${index}`, value: random() }));
  const copies = JSON.parse(JSON.stringify(rows));
  const byName = new Map(copies.map((row) => [row.name, row]));
  return copies.sort((a, b) => a.value - b.value).filter(({ name }) => byName.has(name)).length;
}

export const cases = [
  {
    name: 'machine',
    title: 'how fast this machine is today, without Heddle: compare other figures only where these are alike',
    run: () =>
      inTemporaryFolder(async (folder) => {
        const database = new Database(join(folder, 'machine.db'));
        database.pragma('journal_mode = WAL');
        database.exec('CREATE TABLE rows (number INTEGER PRIMARY KEY, body TEXT)');
        const insert = database.prepare('INSERT INTO rows (body) VALUES (?)');
        const body = 'x'.repeat(300);
        const commit = (synchronous) => {
          database.pragma(`synchronous = ${synchronous}`);
          return sample(300, 100, () => insert.run(body));
        };
        const from = Buffer.alloc(2 ** 26, 1);
        const to = Buffer.alloc(from.length);
        const page = Buffer.alloc(4_096, 1);
        const file = openSync(join(folder, 'flushed'), 'w');
        writeSync(file, page, 0, page.length, 0);
        try {
          return [
            { case: 'machine-compute', unit: 'ms', samples: await sample(100, 50, computeOnce) },
            { case: 'machine-copy-64mb', unit: 'ms', samples: await sample(20, 5, () => from.copy(to)) },
            {
              case: 'machine-flush',
              unit: 'ms',
              samples: await sample(100, 10, () => {
                writeSync(file, page, 0, page.length, 0);
                fsyncSync(file);
              }),
            },
            { case: 'machine-commit', unit: 'ms', samples: await commit('NORMAL') },
            { case: 'machine-commit-flushed', unit: 'ms', samples: await commit('FULL') },
          ];
        } finally {
          closeSync(file);
          database.close();
        }
      }),
  },
];
