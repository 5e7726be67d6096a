import { acceptRun, createFakeClock } from '@heddle/core/testing';
import { writeSync } from 'node:fs';
import { openAudited } from './audited-journal.js';

// Accepts runs one after the other, prints each that is acknowledged, and then waits to be killed. The clock stands still, so no anchor follows.
const [folder = '', first = '0', count = '0'] = process.argv.slice(2);
const { journal } = openAudited(folder, createFakeClock(1_000));
for (let number = Number(first); number < Number(first) + Number(count); number += 1) {
  await acceptRun(journal, `run-${number}`);
  writeSync(1, `run-${number}\n`);
}
setInterval(() => undefined, 60_000);
