import { acceptRun, createFakeClock } from '@heddle/core/testing';
import { writeSync } from 'node:fs';
import { openAudited } from './audited-journal.js';

// Accepts runs one after the other and says of each on standard output that it is kept. The clock stands still, so that no anchor follows.
const [folder = '', first = '0'] = process.argv.slice(2);
const { journal } = openAudited(folder, createFakeClock(1_000));
for (let number = Number(first); ; number += 1) {
  await acceptRun(journal, `run-${number}`);
  writeSync(1, `run-${number}\n`);
}
