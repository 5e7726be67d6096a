import { openDatabase } from '../../../database/open-database.js';
import { sqliteTables } from '../../../database/sqlite-tables.js';
import { openPostgres } from '../../../postgres/open-postgres.js';
import { postgresTables } from '../../../postgres/postgres-tables.js';
import { wallClock } from '../../../testing/wall-clock.js';
import { createRetention } from '../retention.js';

/** Removes runs, and dies in the middle of it as a crash would. */
const [location = '', before = '0', steps = '1'] = process.argv.slice(2);
const isFile = !location.startsWith('postgres');
const tables = isFile
  ? sqliteTables(openDatabase(location))
  : postgresTables(await openPostgres({ url: location, clock: wallClock, connections: 1 }));
const retention = createRetention(tables, { isFile });
for (let step = 0; step < Number(steps); step += 1) await retention.step({ runs: Number(before) }, Number(before));
process.kill(process.pid, 'SIGKILL');
