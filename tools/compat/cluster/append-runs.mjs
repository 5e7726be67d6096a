// A worker that claims runs and appends to them until it is killed. It prints each acknowledged append: `run seq value`.
//   node append-runs.mjs URL FOLDER NAME
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openShared } from './open-shared.mjs';

const [url, folder, name] = process.argv.slice(2);
const { createClaimedJournal, keepWorker } = await import('@heddle/adapters/cluster');
const { clock } = await import('./open-shared.mjs');
const shared = await openShared(url, folder);
const boot = randomUUID();
const journal = createClaimedJournal(shared.journal, (runId) => writeSync(1, `lost ${runId}\n`));
await keepWorker(
  { name, boot, version: '1', capabilities: [], slots: 4 },
  { workers: shared.workers, clock, onLost: (reason) => writeSync(1, `lost worker ${reason}\n`) },
);

let count = 0;
async function work(claim) {
  journal.take(claim);
  for (;;) {
    const value = `${boot}-${(count += 1)}`;
    const path = `n${count}`;
    const time = Date.now();
    const outputs = { text: { value, label: { level: 'internal', marks: [] } } };
    const first = await journal.append(claim.runId, [
      { type: 'node-start', time, path, attempt: 1 },
      { type: 'node-end', time, path, attempt: 1, started: time, outputs },
    ]);
    writeSync(1, `${claim.runId} ${first + 1} ${value}\n`);
  }
}

const claims = await shared.claims.claimNext({ boot, capabilities: [] }, 4);
await Promise.all(claims.map(work));
