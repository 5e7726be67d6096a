import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openShared } from './cluster/open-shared.mjs';
import { password, pause, startPostgres } from './start-postgres.mjs';

const program = fileURLToPath(new URL('./cluster/append-runs.mjs', import.meta.url));

async function runCluster({ partner, folder, report }) {
  const { journalSuite, sharedJournalSuite } = await import('@heddle/core/testing');
  const root = mkdtempSync(join(folder, 'cluster-'));
  const open = (options, url = partner.url) => openShared(url, root, options);
  await report('three programs migrate at once, and do it once', () => migrateAtOnce(open));
  for (const { name, run } of journalSuite)
    await report(`journal: ${name}`, () => withTables(open, async () => alone(open, (shared) => run(shared.journal))));
  for (const { name, run } of sharedJournalSuite)
    await report(`shared: ${name}`, () => withTables(open, (admin) => runShared(open, admin, run)));
  await storeSuites(open, report);
  await report('refuses a wrong password, and a database that is not there, without naming the password', () =>
    refusesAddresses(open, partner.url),
  );
  await report('says that a server can only be read, at the start and in the middle', () => refusesReadOnly(open));
  await report('goes on after the server was stopped and started in the middle of appends', () =>
    goesOn(open, partner),
  );
  await report('has every acknowledged record over five kills of the server, none twice, without a gap', () =>
    survivesServerKills(open, partner),
  );
  await report('has every acknowledged record over ten kills of a worker, none twice, without a gap', () =>
    survivesWorkerKills(open, partner.url, root),
  );
}

const tables = [
  'runs',
  'bundles',
  'records',
  'human_inputs',
  'deltas',
  'idempotency_keys',
  'workers',
  'leases',
  'commands',
];

async function alone(open, work, options) {
  const shared = await open(options);
  try {
    return await work(shared);
  } finally {
    await shared.close();
  }
}

const withTables = (open, work) =>
  alone(open, async (admin) => {
    await admin.database.run({ sql: `TRUNCATE ${tables.map((name) => `heddle.${name}`).join(', ')}`, values: [] });
    return work(admin);
  });

async function runShared(open, admin, run) {
  // A test opens all its processes at the start, and never needs more than eight.
  const processes = await Promise.all(Array.from({ length: 8 }, () => open({ connections: 2 })));
  const left = [...processes];
  try {
    await run({
      open: () => left.shift(),
      silence: (boot, milliseconds) =>
        admin.database.run({
          sql: "UPDATE heddle.workers SET seen_at = clock_timestamp() - $2 * interval '1 ms' WHERE boot = $1",
          values: [boot, milliseconds],
        }),
    });
  } finally {
    await Promise.all(processes.map((shared) => shared.close()));
  }
}

/** Runs the suites of the stores. Each process has its own connections, so that operations really wait for each other's locks. */
async function storeSuites(open, report) {
  const { tablesSuite } = await import('@heddle/core/testing');
  const { postgresTables } = await import('@heddle/adapters/postgres');
  const { emptyStores } = await import('../../adapters/dist/testing/both-databases.js');
  const { identitySuite, testIdentity } = await import('../../adapters/dist/testing/identity-suite.js');
  const { testVersions, versionsSuite } = await import('../../adapters/dist/testing/versions-suite.js');
  const onTables = (work) =>
    alone(open, (first) =>
      alone(open, async (second) => {
        await first.database.run({ sql: emptyStores, values: [] });
        await work({ one: postgresTables(first.database), other: postgresTables(second.database) });
      }),
    );
  for (const { name, run } of tablesSuite) await report(`tables: ${name}`, () => onTables(run));
  for (const { name, run } of identitySuite)
    await report(`identity: ${name}`, () =>
      onTables(async (tables) => {
        const subject = await testIdentity(tables);
        await run(subject).finally(() => subject.close());
      }),
    );
  for (const { name, run } of versionsSuite)
    await report(`versions: ${name}`, () => onTables((tables) => run(testVersions(tables))));
}

async function migrateAtOnce(open) {
  for (const schema of ['heddle', 'one', 'two', 'three']) {
    const shared = await Promise.all(Array.from({ length: 3 }, () => open({ schema })));
    const versions = await shared[0].database.run({ sql: `SELECT current FROM ${schema}.schema_version`, values: [] });
    await Promise.all(shared.map(({ close }) => close()));
    if (versions.length !== 1 || !(versions[0].current >= 1)) throw new Error(`${schema} has no version`);
  }
}

async function refusesAddresses(open, url) {
  const cases = [
    [url.replace(password, 'wrong-canary'), 'database_refused'],
    [url.replace('/postgres', '/missing'), 'database_refused'],
    [url.replace(/:\d+\//, ':1/'), 'database_unreachable'],
  ];
  for (const [address, code] of cases) {
    const error = await open({}, address).catch((caught) => caught);
    if (error.code !== code || /canary|compat-/.test(error.message)) throw error;
  }
}

async function refusesReadOnly(open) {
  await alone(open, async (admin) => {
    const shared = await open({ connections: 1 });
    const run = (database, sql) => database.run({ sql, values: [] });
    // The setting of a role counts only for new sessions, so the one connection of `shared` gets the setting itself.
    await run(admin.database, 'ALTER ROLE heddle SET default_transaction_read_only = on');
    const atStart = await open().catch((error) => error);
    await run(admin.database, 'ALTER ROLE heddle RESET default_transaction_read_only');
    await run(shared.database, 'SET default_transaction_read_only = on');
    const inTheMiddle = await shared.journal.accept(acceptanceOf('read-only'), bundle).catch((error) => error);
    await shared.close();
    for (const error of [atStart, inTheMiddle])
      if (error?.code !== 'storage_read_only') throw error instanceof Error ? error : new Error('it was written');
  });
}

const label = { level: 'internal', marks: [] };
const bundle = { document: { heddle: 2, name: 'Sample', nodes: {}, edges: [] }, workflows: {} };
const acceptanceOf = (runId) => ({
  ...{
    runId,
    workflowId: undefined,
    workflowName: 'Sample',
    time: Date.now(),
    trigger: 'test',
    rootId: runId,
    origin: undefined,
  },
  ...{ inputs: { text: { value: 'x', label } }, options: {}, reused: [] },
});
const pair = (path, value) => [
  { type: 'node-start', time: 1, path, attempt: 1 },
  { type: 'node-end', time: 1, path, attempt: 1, started: 1, outputs: { text: { value, label } } },
];

async function goesOn(open, partner) {
  const work = async (shared) => {
    await shared.journal.accept(acceptanceOf('run-1'), bundle);
    const kept = [];
    const append = async () => {
      for (let number = 0; number < 300; number += 1) {
        kept.push([await shared.journal.append('run-1', pair(`n${number}`, `v${number}`)), `v${number}`]);
        await pause(2);
      }
    };
    const restart = async () => {
      await pause(200);
      await partner.stop();
      await pause(1_000);
      await partner.begin();
    };
    await Promise.all([append(), restart()]);
    await requireKept(shared.journal, 'run-1', kept, 600);
  };
  // If the machine is busy, the server is away for longer than the default patience of Heddle.
  await withTables(open, () => alone(open, work, { patienceMs: 60_000 }));
}

/** Checks that each acknowledged value is stored exactly once and at the acknowledged position, and that the run has no gap. */
async function requireKept(journal, runId, kept, count) {
  const events = await journal.events(runId);
  const values = events.filter(({ type }) => type === 'node-end').map(({ outputs }) => outputs.text.value);
  if (new Set(values).size !== values.length) throw new Error(`${runId}: a record was stored twice`);
  for (const [first, value] of kept) {
    const found = events[first]?.outputs?.text.value;
    if (found !== value) throw new Error(`${runId}: record ${first + 1} is ${found}, not ${value}`);
  }
  if (events.some(({ seq }, index) => seq !== index + 1)) throw new Error(`${runId} has a gap`);
  if (count !== undefined && events.length !== count)
    throw new Error(`${runId} has ${events.length} events, not ${count}`);
}

async function survivesServerKills(open, partner) {
  const { createClaimedJournal } = await import('@heddle/adapters/cluster');
  await withTables(open, async (admin) => {
    const shared = await open({ patienceMs: 60_000 });
    const boot = '00000000-0000-4000-8000-000000000001';
    await shared.workers.register({ name: 'w', boot, version: '1', capabilities: [], slots: 8 });
    const journal = createClaimedJournal(shared.journal, () => undefined);
    const runs = Array.from({ length: 6 }, (_, number) => ({ runId: `run-${number}`, kept: [] }));
    for (const { runId } of runs) {
      await journal.accept(acceptanceOf(runId), bundle);
      journal.take(await shared.claims.claim(runId, { boot, capabilities: [] }));
    }
    let isOver = false;
    const work = runs.map(async ({ runId, kept }) => {
      for (let number = 0; !isOver; number += 1)
        kept.push([await journal.append(runId, pair(`n${number}`, `${runId}-${number}`)), `${runId}-${number}`]);
    });
    const kills = async () => {
      for (let kill = 1; kill <= 5; kill += 1) {
        await pause(100 + 70 * kill);
        await partner.kill();
      }
      await pause(300);
      isOver = true;
    };
    await Promise.all([...work, kills()]);
    for (const { runId, kept } of runs) await requireKept(admin.journal, runId, kept, kept.length * 2);
    await shared.close();
  });
}

async function survivesWorkerKills(open, url, root) {
  await withTables(open, async (admin) => {
    const kept = new Map(Array.from({ length: 4 }, (_, number) => [`run-${number}`, []]));
    for (const runId of kept.keys()) await admin.journal.accept(acceptanceOf(runId), bundle);
    for (let kill = 1; kill <= 10; kill += 1) {
      const lines = await workUntilKilled(url, root, 40 + 23 * kill);
      for (const line of lines) {
        const [runId, seq, value] = line.split(' ');
        if (runId === 'lost') throw new Error(`it lost a run: ${line}`);
        kept.get(runId).push([Number(seq) - 1, value]);
      }
    }
    let acknowledged = 0;
    for (const [runId, list] of kept) {
      acknowledged += list.length;
      await requireKept(admin.journal, runId, list);
    }
    if (acknowledged < 1_000) throw new Error(`only ${acknowledged} appends were acknowledged`);
  });
}

/** Starts a worker, kills it after `most` lines of output, and returns the lines. */
async function workUntilKilled(url, root, most) {
  const child = spawn(process.execPath, [program, url, root, 'worker'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += chunk));
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
    if (said.split('\n').length > most) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.once('close', resolve));
  if (child.signalCode !== 'SIGKILL') throw new Error(`a worker ended by itself: ${errors.slice(-500)}`);
  // The last line may be cut by the kill, so it does not count.
  return said.split('\n').slice(0, -1);
}

/** Tests several processes on one Postgres. */
export const clusterCases = [
  {
    ...{
      name: 'cluster',
      title: 'Postgres shared by several processes (the suites of the journal, claims and leases; kills)',
    },
    isPlain: true,
    needs: (_llama, folder) => startPostgres(folder),
    run: runCluster,
  },
];
