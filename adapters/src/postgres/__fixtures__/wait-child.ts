import type { Clock } from '@heddle/core';
import { openPostgres } from '../open-postgres.js';

// Asks a database one question, with a clock whose timers do not keep the process alive, as that of the server. Says each time that it waits.
const [url = ''] = process.argv.slice(2);
const clock: Clock = {
  now: () => performance.now(),
  at(time, callback) {
    process.stdout.write('waits\n');
    const timer = setTimeout(callback, Math.max(0, time - performance.now())).unref();
    return () => clearTimeout(timer);
  },
};
const database = await openPostgres({ url, clock, connections: 1, patienceMs: 60_000 });
const [row] = await database.run<{ readonly answer: string }>({ sql: "SELECT 'heddle' || '-answer' AS answer", values: [] });
process.stdout.write(`${row?.answer}\n`);
await database.close();
