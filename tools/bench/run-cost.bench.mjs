import { readdirSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { startCompatRedis } from '../compat/start-redis.mjs';
import { startPostgres } from '../compat/start-postgres.mjs';
import { root } from '../bootstrap/repository.mjs';
import { clock } from './engine.bench.mjs';
import { processorMs, startServer } from './server-process.mjs';
import { inTemporaryFolder } from './shared.mjs';

const text = (name) => ({ type: name, version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } });

/**
 * Makes an input, ten steps that pass on a text, and an output. With `pieces`, the last step streams this many pieces, 20 in a second, as a
 * model does.
 */
function twelveNodes(pieces) {
  const nodes = { question: text('input'), reply: text('output') };
  const steps = Array.from({ length: 10 }, (_, index) => `step${index}`);
  for (const step of steps) nodes[step] = { type: 'prompt', version: 1, config: { template: '{{ text }}' } };
  const into = (name) => ({ to: `${name}.text` });
  const edges = steps.map((step, index) => ({
    from: `${index === 0 ? 'question' : steps[index - 1]}.text`,
    ...into(step),
  }));
  if (pieces > 0) {
    nodes.step9 = { type: 'write-steadily', version: 1, config: { tokens: pieces, perSecond: 20 } };
    edges.at(-1).to = 'step9.value';
  }
  return { heddle: 2, name: 'Twelve', nodes, edges: [...edges, { from: 'step9.text', ...into('reply') }] };
}

const words = readFileSync(join(root, 'docs', 'concepts.md'), 'utf8').match(/[A-Za-z]+/g);

/** Makes a text of this many bytes from the words of a page in a new order, so that Postgres compresses it like prose. */
function prose(bytes) {
  let written = '';
  while (written.length < bytes) written += `${words[Math.floor(Math.random() * words.length)]} `;
  return written.slice(0, bytes);
}

/** Measures the processor time of a Postgres server with all its processes, in milliseconds. */
async function postgresProcessorMs(database) {
  const [{ pid }] = await database.run({ sql: 'SELECT pg_backend_pid() AS pid', values: [] });
  const facts = (id) => readFileSync(`/proc/${id}/stat`, 'utf8').split(') ')[1].split(' ');
  const main = facts(pid)[1];
  const ticks = (id, from) => Number(facts(id)[from]) + Number(facts(id)[from + 1]);
  let sum = ticks(main, 11) + ticks(main, 13);
  for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
    try {
      if (facts(id)[1] === main) sum += ticks(id, 11);
    } catch {
      // the process has ended
    }
  return sum * 10;
}

const factsSql = `SELECT
  (SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'heddle' AND c.relkind = 'r' AND c.relname <> 'deltas')::float8 AS bytes,
  (pg_current_wal_lsn() - '0/0')::float8 AS log,
  (SELECT count(*) FROM heddle.records)::float8 AS rows,
  (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database())::float8 AS transactions`;

async function readFacts(database, server) {
  const [stored] = await database.run({ sql: factsSql, values: [] });
  return { ...stored, postgres: await postgresProcessorMs(database), heddle: processorMs(server.pid) };
}

const units = { bytes: 'bytes', log: 'bytes', rows: 'rows', transactions: '', postgres: 'ms', heddle: 'ms' };

async function measure(server, database, { name, bytes, pieces, runs, atOnce }) {
  await server.post('/api/workflows', { document: twelveNodes(pieces), slug: name });
  const { dataMapHash } = await server.post(`/api/workflows/${name}/publish/check`, {});
  await server.post(`/api/workflows/${name}/publish`, { acceptDataMap: dataMapHash });
  const callAll = (count) => {
    let left = count;
    const caller = async () => {
      while (left-- > 0) await server.post(`/v1/workflows/${name}`, { text: prose(bytes) });
    };
    return Promise.all(Array.from({ length: atOnce }, caller));
  };
  await callAll(Math.ceil(runs / 2));
  const before = await readFacts(database, server);
  await callAll(runs);
  const after = await readFacts(database, server);
  return Object.entries(units).map(([figure, unit]) => ({
    case: `run-cost-${name}-${figure}`,
    unit,
    samples: [(after[figure] - before[figure]) / runs],
  }));
}

const profiles = [
  { name: 'small', bytes: 300, pieces: 0, runs: 1_000, atOnce: 20 },
  { name: 'large', bytes: 2_000, pieces: 0, runs: 1_000, atOnce: 20 },
  { name: 'writing', bytes: 300, pieces: 400, runs: 100, atOnce: 50 },
];

async function runAll(folder, { progress }) {
  if (process.platform !== 'linux') return 'it reads /proc, which only Linux has';
  const postgres = await startPostgres(folder);
  if (postgres.skip !== undefined) return postgres.skip;
  const redis = await startCompatRedis();
  if (redis.skip !== undefined) {
    await postgres.close();
    return redis.skip;
  }
  const { openPostgres } = await import('@heddle/adapters/postgres');
  const server = await startServer(join(folder, 'data'), {
    HEDDLE_DATABASE_URL: postgres.url,
    HEDDLE_REDIS_URL: redis.url,
    HEDDLE_MAX_RUNS: '200',
    HEDDLE_NODES: join(root, 'tools', 'soak', 'nodes'),
  });
  const database = await openPostgres({ url: postgres.url, clock, connections: 1 });
  try {
    const rows = [];
    for (const profile of profiles) {
      progress(`${profile.name}, load ${loadavg()[0].toFixed(1)}`);
      rows.push(...(await measure(server, database, profile)));
    }
    return rows;
  } finally {
    await database.close();
    await server.stop();
    await redis.close();
    await postgres.close();
  }
}

export const cases = [
  {
    name: 'run-cost',
    title: 'what a published run of 12 nodes costs on Postgres: bytes, rows, transactions and processor time of each',
    run: (bench) => inTemporaryFolder((folder) => runAll(folder, bench)),
  },
];
