import { acceptRun, createFakeClock } from '@heddle/core/testing';
import { existsSync, mkdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openAudited } from '../../../audit/__fixtures__/audited-journal.js';
import { codeOf } from '../../storage-error.js';

// Accepts a run every few milliseconds, as a server does, and says on standard output what was acknowledged and what was refused.
// After run 30 it waits until the file `changed` exists: then it is known which runs come behind the change.
const [folder = ''] = process.argv.slice(2);
mkdirSync(join(folder, 'blobs'), { recursive: true });
const { journal, database } = openAudited(folder, createFakeClock(1_000));
database.watchFiles([join(folder, 'blobs')]);
for (let number = 0; ; number += 1) {
  const outcome = await acceptRun(journal, `run-${number}`).then(
    () => 'kept',
    (error: unknown) => codeOf(error) ?? String(error),
  );
  writeSync(1, `run-${number} ${outcome}\n`);
  if (number === 30) while (!existsSync(join(folder, 'changed'))) await wait(5);
  await wait(5);
}
