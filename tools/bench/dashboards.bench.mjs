import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../bootstrap/repository.mjs';
import { processorMs, startServer } from './server-process.mjs';
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
        await seedRuns(folder);
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
        const again = [];
        const filtered = [];
        const processor = [];
        for (let index = 0; index < 7; index += 1) {
          const before = processorMs(server.pid);
          again.push((await open('')).ms);
          processor.push(processorMs(server.pid) - before);
          filtered.push((await open('&workflow=workflow-3')).ms);
        }
        await server.stop();
        return [
          { case: 'dashboard-1m', unit: 'ms', samples: [first.ms, ...again] },
          // Processor time, which shows what a quiet machine would take even if other programs use this one.
          { case: 'dashboard-1m-processor', unit: 'ms', samples: processor },
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
        const processor = { on: [], off: [] };
        const few = { warmUp: 4_000, rounds: 2, perRound: 3_000 };
        const inAll = few.warmUp + few.rounds * few.perRound;
        for (let round = 0; round < 4; round += 1)
          for (const how of round % 2 === 0 ? ['on', 'off'] : ['off', 'on']) {
            const data = join(folder, `${how}-${round}`);
            await made(data);
            if (how === 'off')
              change(
                data,
                'DROP TRIGGER rollup_run_ends; DROP TRIGGER rollup_run_goes; DROP TRIGGER rollup_call_ends;',
              );
            const { server, ask } = await withWorkflow(data);
            const before = processorMs(server.pid);
            const [row] = await throughputRows('round', Array(50).fill(ask), 'time', 'p99', few);
            samples[how].push(...row.samples);
            processor[how].push(((processorMs(server.pid) - before) * 1_000) / inAll);
            await server.stop();
          }
        return [
          {
            case: 'rollup-throughput',
            unit: 'runs/s',
            samples: samples.on,
            against: { name: 'without', samples: samples.off },
          },
          {
            case: 'rollup-processor',
            unit: 'µs/run',
            samples: processor.on,
            against: { name: 'without', samples: processor.off },
          },
        ];
      }),
  },
];

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

/** A workflow that converts a text to a number, and fails if it is none. The successful and the failed run differ only in this. */
const asNumber = {
  heddle: 2,
  name: 'Bench',
  nodes: {
    question: { type: 'input', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
    loud: { type: 'set', version: 1, config: { value: '{{ text }}', type: 'Number' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'number', type: 'Number' }] } },
  },
  edges: [
    { from: 'question.text', to: 'loud.text' },
    { from: 'loud.value', to: 'reply.number' },
  ],
};

/**
 * Runs a workflow twice, once with success and once with a failure, and copies both runs to a million: 20 workflows, five versions, ten
 * keys, three models, and 4 % that fail for ten causes. Ids, times, origin, tokens and messages differ. Records are copied only for failed
 * runs, because no figure reads those of the others. Each run has a model call. One statement fills each table, because a million calls of
 * a prepared statement take minutes.
 */
async function seedRuns(folder) {
  const server = await startServer(folder);
  const { id } = await server.post('/api/workflows', { document: asNumber });
  const templates = [];
  for (const text of ['7', 'seven'])
    templates.push(await server.post(`/api/workflows/${id}/runs?wait=1`, { inputs: { text } }));
  await server.stop();
  const [done, failed] = templates.map(({ summary }) => summary);
  if (done?.status !== 'done' || failed?.status !== 'failed') throw new Error('the runs to copy did not end as meant');
  const database = new Database(join(folder, 'heddle.db'));
  database.pragma('synchronous = OFF');
  const random = seeded(7);
  const noise = Float64Array.from({ length: 65_521 }, () => random());
  database.function('noise', { deterministic: true }, (row, salt) => noise[(row * 31 + salt * 7_919) % noise.length]);
  // All other columns are copied from the template, so a column that is added later is copied too.
  const columnsOf = (table, other) =>
    database
      .pragma(`table_info(${table})`)
      .map(({ name }) => name)
      .filter((name) => !other.includes(name))
      .join(', ');
  const differing = ['number', 'id', 'workflow_id', 'root_id', 'accepted_at', 'started_at', 'ended_at', 'input_tokens'];
  // A row without a checksum is not checked; versions before checksums wrote such rows.
  differing.push('output_tokens', 'error', 'version', 'caller', 'run_trigger', 'checksum');
  const same = columnsOf('runs', differing);
  const sameRecord = columnsOf('records', ['number', 'run', 'time', 'start_time', 'checksum']);
  const row = { runs, begin: Date.now() - days * dayMs, span: days * dayMs };
  database.transaction(() => {
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
    const copy = database.prepare(`
      INSERT INTO runs (number, id, workflow_id, root_id, accepted_at, started_at, ended_at, input_tokens, output_tokens, error, version, caller,
        run_trigger, ${same})
      SELECT 1000 + i, 'bench-' || i, workflow, 'bench-' || i, at, at, at + ms, 100, 50,
        iif(failed, json_set(template.error, '$.message', made.error), NULL), made.version,
        json_object('principal', 'key:' || api_key, 'key', api_key, 'channel', 'v1'), 'published', ${same.replaceAll(/\b(\w+)/g, 'template.$1')}
      FROM made CROSS JOIN runs AS template WHERE template.id = @template AND failed = @failed ORDER BY i`);
    copy.run({ template: done.runId, failed: 0 });
    copy.run({ template: failed.runId, failed: 1 });
    database
      .prepare(
        `INSERT INTO records (run, time, start_time, ${sameRecord})
         SELECT 1000 + i, at + ms, iif(start_time IS NULL, NULL, at), ${sameRecord}
         FROM made CROSS JOIN records WHERE failed = 1 AND run = (SELECT number FROM runs WHERE id = ?) ORDER BY i, seq`,
      )
      .run(failed.runId);
    database.exec(`
      INSERT INTO model_calls (run, workflow, api_key, path, model, kind, is_local, started, ms, first_token_ms, input_tokens, output_tokens,
        cost, currency)
      SELECT 'bench-' || i, workflow, api_key, 'say', model, 'generate', 0, at, ms, ms / 5, 100, 50, 0.001, 'USD' FROM made ORDER BY i;
      -- A monitor judges a tenth of them by two metrics.
      INSERT INTO run_scores (run, monitor, metric, project, workflow, version, value, is_passed, explanation, cost, tokens, label, judged_at)
      SELECT 'bench-' || i, 'm', metric, 'default', workflow, version, noise(i, 8), 1, 'It says why.', 0, 0, 'internal', at
      FROM made, (SELECT 'judge' AS metric UNION ALL SELECT 'refusal') WHERE i % 10 = 0 ORDER BY i;
      INSERT OR IGNORE INTO rollup_backlog SELECT number FROM runs;
      UPDATE rollup_marks SET number = (SELECT max(number) FROM model_calls);
      DELETE FROM rollup_call_queue;
      DROP TABLE made`);
  })();
  database.close();
}

/**
 * Counts all runs that are not counted yet: the first ones in the steps of the server, the others in larger steps. Gives the time for each
 * run and the longest step of the former.
 */
async function countAll(folder) {
  const { openDatabase, sqliteTables } = await import('@heddle/adapters/database');
  const { createRollupStore } = await import('@heddle/adapters/dashboard');
  const database = openDatabase(join(folder, 'heddle.db'));
  const store = createRollupStore(sqliteTables(database));
  let longest = 0;
  const begin = performance.now();
  let counted = 0;
  while (counted < 20_000) {
    const step = performance.now();
    counted += (await store.step(100)).runs;
    longest = Math.max(longest, performance.now() - step);
  }
  const microseconds = ((performance.now() - begin) * 1_000) / counted;
  while (!(await store.step(2_000)).isDone);
  database.close();
  return { microseconds, longest };
}
