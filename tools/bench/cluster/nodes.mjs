import { randomUUID } from 'node:crypto';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../../compat/start-postgres.mjs';
import { clock, createBed, sample } from '../engine.bench.mjs';
import { inTemporaryFolder } from '../shared.mjs';
import { chain } from '../trivial-workflows.mjs';

const nodes = 102;
const body = JSON.stringify({ outputs: { value: { value: 'x', label: { level: 'public', marks: [] } } } });

/** Opens the journal on Postgres as a worker uses it, which claims each run as soon as it is accepted. */
async function openWorker(database, folder) {
  const { createPostgresJournal } = await import('@heddle/adapters/journal');
  const { createClaimedJournal, createRunClaims, createWorkers } = await import('@heddle/adapters/cluster');
  const { FolderBlobs } = await import('@heddle/adapters/blobs');
  const shared = createPostgresJournal(database, { blobs: new FolderBlobs(join(folder, 'blobs')), clock });
  const claimed = createClaimedJournal(shared, (runId) => {
    throw new Error(`${runId} was lost`);
  });
  const claims = createRunClaims(database);
  const workers = createWorkers(database);
  const claimant = { boot: randomUUID(), capabilities: [] };
  await workers.register({ name: 'bench', ...claimant, version: '1', slots: 100 });
  const renewal = setInterval(() => void workers.renew(claimant.boot), 2_000);
  return {
    journal: {
      ...claimed,
      async accept(run, bundle, onCommitted) {
        const hash = await shared.accept(run, bundle);
        claimed.take(await claims.claim(run.runId, claimant));
        onCommitted();
        return hash;
      },
    },
    async close() {
      clearInterval(renewal);
      await claimed.close();
    },
  };
}

/** Measures the cost of a row that Postgres commits alone, with the same client. */
async function openBare(database) {
  await database.run({
    sql: 'CREATE TABLE heddle.bare (run bigint, seq bigint, type text, time float8, path text, body text, PRIMARY KEY (run, seq))',
    values: [],
  });
  let seq = 0;
  return async () => {
    const begin = performance.now();
    const values = [1, (seq += 1), 'node-end', Date.now(), `n${seq}`, body];
    await database.run({ name: 'bare', sql: 'INSERT INTO heddle.bare VALUES ($1, $2, $3, $4, $5, $6)', values });
    return performance.now() - begin;
  };
}

async function measure(bed, bare, count, repeats) {
  const plan = chain(100);
  const transactions = [];
  const perNode = 1000 / (nodes * count);
  const runAll = () => Promise.all(Array.from({ length: count }, () => bed.run(plan)));
  const samples = [];
  for (let round = 0; round < repeats; round += 1) {
    samples.push(...(await sample(1, round === 0 ? 2 : 0, runAll)));
    for (let at = 0; at < 20; at += 1) transactions.push((await bare()) * 1000);
  }
  return {
    case: count === 1 ? 'cluster-chain' : `cluster-chain-${count}-runs`,
    unit: 'µs/node',
    samples: samples.map((ms) => ms * perNode),
    against: { name: 'one transaction of Postgres alone', samples: transactions },
  };
}

/** Measures the journal on Postgres without other processes of Heddle. */
export const nodesOnPostgres = {
  name: 'cluster-nodes',
  title: '100 trivial nodes in a row on Postgres, claimed and fenced: one run, 10 and 100 at once',
  run: ({ progress }) =>
    inTemporaryFolder(async (folder) => {
      const { openPostgres } = await import('@heddle/adapters/postgres');
      progress('starting Postgres');
      const server = await startPostgres(folder);
      if (server.skip !== undefined) return server.skip;
      const database = await openPostgres({ url: server.url, clock });
      const worker = await openWorker(database, folder);
      try {
        const bed = await createBed(worker.journal);
        const bare = await openBare(database);
        const rows = [];
        for (const [count, repeats] of [
          [1, 40],
          [10, 20],
          [100, 6],
        ]) {
          progress(`${count} at once, load ${loadavg()[0].toFixed(1)}`);
          rows.push(await measure(bed, bare, count, repeats));
        }
        return rows;
      } finally {
        await worker.close();
        await database.close();
        await server.close();
      }
    }),
};
