import { openDatabase } from '../../../database/open-database.js';
import { createRetention } from '../retention.js';

/** Removes runs, and dies in the middle of it as a crash would. */
const [file = '', before = '0', steps = '1'] = process.argv.slice(2);
const retention = createRetention(openDatabase(file));
for (let step = 0; step < Number(steps); step += 1) retention.step({ runs: Number(before) }, Number(before));
process.kill(process.pid, 'SIGKILL');
