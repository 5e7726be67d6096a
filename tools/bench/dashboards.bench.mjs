import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../bootstrap/repository.mjs';
import { startServer } from './server-process.mjs';
import { inTemporaryFolder, seeded } from './shared.mjs';
import { threeNodes, throughputRows } from './throughput.mjs';

const Database = createRequire(join(root, 'adapters', 'package.json'))('better-sqlite3');
const runs = 1_000_000;
const days = 90;
const dayMs = 86_400_000;

export const cases = [
  {
    name: 'dashboard-1m',
    title: 'one million runs over 90 days: the dashboard opens, and what counting them took',
    run: () =>
      inTemporaryFolder(async (folder) => {
        await made(folder);
        seedRuns(join(folder, 'heddle.db'));
        const counted = await countAll(folder);
        const server = await startServer(folder);
        const from = Date.now() - days * dayMs;
        const open = async (query) => {
          const begin = performance.now();
          const { totals } = await server.get(`/api/dashboard?from=${from}${query}`);
          return { ms: performance.now() - begin, runs: totals.runs };
        };
        const first = await open('');
        if (first.runs < 0.98 * runs) throw new Error(`only ${first.runs} runs are in the dashboard`);
        const [again, filtered] = [[], []];
        for (let index = 0; index < 7; index += 1) {
          again.push((await open('')).ms);
          filtered.push((await open('&workflow=workflow-3')).ms);
        }
        await server.stop();
        return [
          { case: 'dashboard-1m', unit: 'ms', samples: [first.ms, ...again] },
          { case: 'dashboard-1m-workflow', unit: 'ms', samples: filtered },
          { case: 'dashboard-1m-count', unit: 'µs/run', samples: [counted.microseconds] },
          { case: 'dashboard-1m-hold', unit: 'ms', samples: [counted.longest] },
        ];
      }),
  },
  {
    name: 'rollup-behind',
    title: 'how far the dashboard is behind while runs go at full speed, 50 connections',
    run: () =>
      inTemporaryFolder(async (folder) => {
        const { server, ask } = await withWorkflow(folder);
        const behind = [];
        let isDone = false;
        const watch = (async () => {
          while (!isDone) {
            behind.push((await server.get('/api/dashboard')).behindMs);
            await new Promise((resolve) => setTimeout(resolve, 500));
          }
        })();
        await throughputRows('unused', Array(50).fill(ask));
        isDone = true;
        await watch;
        await server.stop();
        return [{ case: 'rollup-behind', unit: 'ms', samples: [Math.max(...behind)] }];
      }),
  },
  {
    name: 'rollup-throughput',
    title: 'runs a second with the rollups, against the same server without them, one after the other',
    run: () =>
      inTemporaryFolder(async (folder) => {
        const samples = { on: [], off: [] };
        for (let round = 0; round < 4; round += 1)
          for (const how of round % 2 === 0 ? ['on', 'off'] : ['off', 'on']) {
            const data = join(folder, `${how}-${round}`);
            await made(data);
            if (how === 'off') change(data, 'DROP TRIGGER rollup_run_ends; DROP TRIGGER rollup_run_goes;');
            const { server, ask } = await withWorkflow(data);
            const [row] = await throughputRows('round', Array(50).fill(ask));
            samples[how].push(...row.samples);
            await server.stop();
          }
        return [
          {
            case: 'rollup-throughput',
            unit: 'runs/s',
            samples: samples.on,
            against: { name: 'without', samples: samples.off },
          },
        ];
      }),
  },
];

/** Makes a data folder. */
async function made(folder) {
  const server = await startServer(folder);
  await server.stop();
}

async function withWorkflow(folder) {
  const server = await startServer(folder);
  const { id } = await server.post('/api/workflows', { document: threeNodes });
  return { server, ask: () => server.post(`/api/workflows/${id}/runs?wait=1`, { inputs: { text: 'hello' } }) };
}

function change(folder, sql) {
  const database = new Database(join(folder, 'heddle.db'));
  database.exec(sql);
  database.close();
}

/** Writes runs and their calls as the journal leaves them: 20 workflows, five versions, ten keys, three models; 4 % fail for ten causes. */
function seedRuns(file) {
  const database = new Database(file);
  const random = seeded(7);
  const pick = (count) => Math.floor(random() * count);
  database.pragma('synchronous = OFF');
  database.prepare("INSERT OR IGNORE INTO bundles VALUES ('sha256:bench', '{}')").run();
  const insert = database.prepare(`
    INSERT INTO runs (id, workflow_id, workflow_name, status, run_trigger, root_id, accepted_at, started_at, ended_at, input_tokens,
      output_tokens, error, bundle, acceptance, version, caller)
    VALUES (@id, @workflow, 'Bench', @status, 'published', @id, @at, @at, @end, 100, 50, @error, 'sha256:bench', '{}', @version, @caller)`);
  const call = database.prepare(`
    INSERT INTO model_calls (run, workflow, api_key, path, model, kind, is_local, started, ms, first_token_ms, input_tokens, output_tokens,
      cost, currency)
    VALUES (@id, @workflow, @key, 'say', @model, 'generate', 0, @at, @ms, @first, 100, 50, 0.001, 'USD')`);
  const score = database.prepare(`
    INSERT INTO run_scores (run, monitor, metric, project, workflow, version, value, is_passed, explanation, cost, tokens, label, judged_at)
    VALUES (@id, 'm', @metric, 'default', @workflow, @version, @value, 1, 'It says why.', 0, 0, 'internal', @at)`);
  const queue = database.prepare('INSERT INTO rollup_backlog VALUES (?)');
  const begin = Date.now() - days * dayMs;
  database.transaction(() => {
    for (let index = 0; index < runs; index += 1) {
      const at = begin + Math.floor((index / runs) * days * dayMs);
      const ms = Math.exp(3 + random() * 6);
      const [workflow, key] = [`workflow-${pick(20)}`, `key-${pick(10)}`];
      const isFailed = random() < 0.04;
      const message = `Cause ${'abcdefghij'[pick(10)]} after ${pick(100)} s`;
      const about = { id: `bench-${index}`, workflow, at, ms };
      const { lastInsertRowid } = insert.run({
        ...{ id: about.id, workflow, at, end: at + ms, version: 1 + Math.floor((index / runs) * 5) },
        ...{
          status: isFailed ? 'failed' : 'done',
          caller: JSON.stringify({ principal: `key:${key}`, key, channel: 'v1' }),
        },
        error: isFailed ? JSON.stringify({ code: 'node_failed', message, retryable: false }) : null,
      });
      call.run({ ...about, key, model: `vendor/model-${pick(3)}`, first: ms / 5 });
      queue.run(lastInsertRowid);
      // A monitor judges a tenth of them by two metrics.
      if (index % 10 === 0)
        for (const metric of ['judge', 'refusal'])
          score.run({ ...about, metric, version: 1 + Math.floor((index / runs) * 5), value: random() });
    }
  })();
  database.prepare('UPDATE rollup_marks SET number = (SELECT max(number) FROM model_calls)').run();
  database.close();
}

/** Counts the backlog in the steps of the server; gives the time a run, and the longest that the event loop was held. */
async function countAll(folder) {
  const { openDatabase } = await import('@heddle/adapters/database');
  const { createRollupStore } = await import('@heddle/adapters/dashboard');
  const database = openDatabase(join(folder, 'heddle.db'));
  const store = createRollupStore(database);
  let longest = 0;
  const begin = performance.now();
  for (let isDone = false; !isDone;) {
    const step = performance.now();
    ({ isDone } = store.step(100));
    longest = Math.max(longest, performance.now() - step);
  }
  const microseconds = ((performance.now() - begin) * 1_000) / runs;
  database.close();
  return { microseconds, longest };
}
