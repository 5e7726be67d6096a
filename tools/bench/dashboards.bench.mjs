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

/**
 * Writes runs and their calls as the journal leaves them: 20 workflows, five versions, ten keys, three models; 4 % fail for ten causes. One
 * statement a table, because a million calls of a prepared statement take minutes.
 */
function seedRuns(file) {
  const database = new Database(file);
  database.pragma('synchronous = OFF');
  const random = seeded(7);
  const noise = Float64Array.from({ length: 65_521 }, () => random());
  database.function('noise', { deterministic: true }, (row, salt) => noise[(row * 31 + salt * 7_919) % noise.length]);
  const row = { runs, begin: Date.now() - days * dayMs, span: days * dayMs };
  database.transaction(() => {
    database.prepare("INSERT OR IGNORE INTO bundles VALUES ('sha256:bench', '{}')").run();
    database.exec(`
      CREATE TEMP TABLE made (
        i INTEGER PRIMARY KEY, at REAL, ms REAL, workflow TEXT, api_key TEXT, model TEXT, version INTEGER, failed INTEGER, error TEXT)`);
    database
      .prepare(
        `INSERT INTO made
         WITH RECURSIVE numbers(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM numbers WHERE i + 1 < @runs)
         SELECT i, CAST(@begin + i * (@span / @runs) AS INTEGER), exp(3 + noise(i, 1) * 6), 'workflow-' || CAST(noise(i, 2) * 20 AS INTEGER),
           'key-' || CAST(noise(i, 3) * 10 AS INTEGER), 'vendor/model-' || CAST(noise(i, 4) * 3 AS INTEGER), CAST(1 + i * 5 / @runs AS INTEGER),
           noise(i, 5) < 0.04,
           'Cause ' || substr('abcdefghij', 1 + CAST(noise(i, 6) * 10 AS INTEGER), 1) || ' after ' || CAST(noise(i, 7) * 100 AS INTEGER) || ' s'
         FROM numbers`,
      )
      .run(row);
    database.exec(`
      INSERT INTO runs (id, workflow_id, workflow_name, status, run_trigger, root_id, accepted_at, started_at, ended_at, input_tokens,
        output_tokens, error, bundle, acceptance, version, caller)
      SELECT 'bench-' || i, workflow, 'Bench', iif(failed, 'failed', 'done'), 'published', 'bench-' || i, at, at, at + ms, 100, 50,
        iif(failed, json_object('code', 'node_failed', 'message', error, 'retryable', json('false')), NULL), 'sha256:bench', '{}', version,
        json_object('principal', 'key:' || api_key, 'key', api_key, 'channel', 'v1') FROM made ORDER BY i;
      INSERT INTO model_calls (run, workflow, api_key, path, model, kind, is_local, started, ms, first_token_ms, input_tokens, output_tokens,
        cost, currency)
      SELECT 'bench-' || i, workflow, api_key, 'say', model, 'generate', 0, at, ms, ms / 5, 100, 50, 0.001, 'USD' FROM made ORDER BY i;
      -- A monitor judges a tenth of them by two metrics.
      INSERT INTO run_scores (run, monitor, metric, project, workflow, version, value, is_passed, explanation, cost, tokens, label, judged_at)
      SELECT 'bench-' || i, 'm', metric, 'default', workflow, version, noise(i, 8), 1, 'It says why.', 0, 0, 'internal', at
      FROM made, (SELECT 'judge' AS metric UNION ALL SELECT 'refusal') WHERE i % 10 = 0 ORDER BY i;
      INSERT OR IGNORE INTO rollup_backlog SELECT number FROM runs;
      UPDATE rollup_marks SET number = (SELECT max(number) FROM model_calls);
      DROP TABLE made`);
  })();
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
