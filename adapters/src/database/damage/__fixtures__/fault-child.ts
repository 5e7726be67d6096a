import { rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { acceptRun, appendTo, records } from '@heddle/core/testing';
import { codeOf, toStorageError } from '../../storage-error.js';
import { openJournal } from '../../../testing/open-journal.js';

// Meets a disk that refuses reads, then writes, and says on standard output what it made of that.
const [folder = '', readFlag = '', writeFlag = ''] = process.argv.slice(2);
const { journal, database, close } = openJournal(folder);
const received = async (what: string, work: () => Promise<unknown>): Promise<boolean> => {
  try {
    console.log(what, 'ok', JSON.stringify(await work()));
    return true;
  } catch (error) {
    const { message } = toStorageError(error, folder);
    const cause = codeOf(error instanceof Error ? error.cause : undefined);
    console.log(what, codeOf(error), cause ?? '-', message.replaceAll(folder, ''));
    return false;
  }
};
/** Tries until it works, with an end. */
const untilOk = async (what: string, work: () => Promise<unknown>): Promise<void> => {
  for (let round = 0; round < 300; round += 1) {
    const isDone = await work().then(
      () => true,
      () => false,
    );
    if (isDone) break;
    await pause(100);
  }
  await received(what, () => Promise.resolve('again'));
};
const seqs = async (): Promise<number> => (await journal.events('run-1')).length;

await acceptRun(journal, 'run-1');
for (let index = 0; index < 200; index += 1)
  await appendTo(journal, 'run-1', [records.nodeEnd(`n${index}`, 'x'.repeat(500))]);
const forget = (): void => {
  database.emptyLog();
  database.connection.pragma('cache_size = 1');
  database.connection.pragma('shrink_memory');
};
forget();
writeFileSync(readFlag, String(constants.errno.EIO));
await received('read', seqs);
await received('accept', () => acceptRun(journal, 'run-2'));
await untilOk('look', async () => {
  try {
    database.checkWritable();
  } catch (error) {
    if (String(error).includes('disk cannot read')) return;
  }
  throw new Error('It was not looked through yet.');
});
await received('accept', () => acceptRun(journal, 'run-2'));
rmSync(readFlag);
await untilOk('accept', () => acceptRun(journal, 'run-2'));
await received('read', seqs);
for (const code of ['EIO', 'EROFS', 'EDQUOT'] as const) {
  writeFileSync(writeFlag, String(constants.errno[code]));
  await received(code, async () => appendTo(journal, 'run-1', [records.nodeStart('a')]));
  rmSync(writeFlag);
}
await received('append', async () => appendTo(journal, 'run-1', [records.nodeStart('a')]));
await close();
