import { openDatabase } from '../../database/open-database.js';
import { sqliteTables } from '../../database/sqlite-tables.js';
import { createRollupStore } from '../rollup-store.js';

/** Counts run by run, and writes a line after each, until it is killed or done. It rests after each line, so that a busy parent can kill it in time. */
const restMs = 100;
const sleeper = new Int32Array(new SharedArrayBuffer(4));
const [file = ''] = process.argv.slice(2);
const store = createRollupStore(sqliteTables(openDatabase(file)));
for (let isDone = false; !isDone; ) {
  ({ isDone } = await store.step(1));
  process.stdout.write('counted\n');
  Atomics.wait(sleeper, 0, 0, restMs);
}
