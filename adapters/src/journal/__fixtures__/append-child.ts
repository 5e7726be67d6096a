import { writeSync } from 'node:fs';
import { acceptRun, records } from '@heddle/core/testing';
import { openJournal } from '../../testing/open-journal.js';

// Appends executions to runs, and says on standard output what was acknowledged: `run first-seq value`.
const [folder = '', runs = '1', count = '1', largeEvery = '0'] = process.argv.slice(2);
const { journal, close } = openJournal(folder);

async function work(runId: string): Promise<void> {
  const known = await journal.summary(runId).catch(() => undefined);
  if (known === undefined) {
    await acceptRun(journal, runId);
    writeSync(1, `${runId} 0 accepted\n`);
  }
  for (let number = 0; number < Number(count); number += 1) {
    const isLarge = Number(largeEvery) > 0 && number % Number(largeEvery) === 0;
    const value = `${process.pid}-${number}${isLarge ? 'x'.repeat(70_000) : ''}`;
    const first = await journal.append(runId, [
      records.nodeStart(`node-${number}`),
      records.nodeEnd(`node-${number}`, value),
    ]);
    writeSync(1, `${runId} ${first + 1} ${value.slice(0, 40)}\n`);
  }
}

await Promise.all(Array.from({ length: Number(runs) }, (_, run) => work(`run-${run}`)));
await close();
