import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { root, temporaryFolder } from '../e2e/built-program.js';
import { smallDisk } from '../e2e/full-disk.js';
import { post, send } from '../e2e/server-calls.js';
import { answerQuestions, unfinished } from './client.js';
import { startClients, untilAllEnded } from './clients-at-work.js';
import { pause, type ClientWorld } from './client-world.js';
import { checkPromises } from './checks/check-promises.js';
import { noHistory, type Evidence } from './evidence.js';
import { createLibrary, readLibrary, unfinishedJobs, watchJobs } from './ingests.js';
import { openLedger, type Ledger } from './ledger.js';
import { planFaults, type FaultCounts, type FaultKind } from './faults.js';
import { MortalServer } from './mortal-server.js';
import { publish, undeliveredMessages } from './published.js';
import { readJournal } from './read-journal.js';
import { createRefusedDisk, type RefusedDisk } from './refused-disk.js';
import { longestLifeMs, strikeAgainAndAgain } from './strike.js';
import { reportOf, type ChaosReport } from './report.js';
import { slownessOf } from './slowness.js';
import { collection, documents, mixedWorkflow } from './workflow.js';

interface ChaosOptions {
  readonly faults: FaultCounts;
  readonly seed: number;
  /** A new folder. */
  readonly data: string;
  /** Whether workflows use the starter models; otherwise code nodes replace them. */
  readonly hasModels: boolean;
  /** The number of runs that are active at the same time; default 12. */
  readonly runs?: number;
  /** A factor for the time that a server runs between two faults: with 0.5, it is halved. */
  readonly pace?: number;
  /** Whether promised times are extended on a slow or busy machine, according to its measured speed; by default, they are not. */
  readonly isPatient?: boolean;
  readonly onProgress?: (detail: string) => void;
}

/** What the clients share, with the server to which the faults are applied. */
interface StruckWorld extends ClientWorld {
  readonly server: MortalServer;
}

/**
 * Applies faults to a server at moments that depend on the seed, while clients start, watch, answer and cancel runs and send documents.
 * Then lets every run and ingest end and checks the eight promises.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const prepared = prepare(options);
  try {
    return await runPrepared(options, prepared);
  } finally {
    prepared.small?.remove();
  }
}

async function runPrepared(options: ChaosOptions, prepared: ReturnType<typeof prepare>): Promise<ChaosReport> {
  const ledger = await openLedger();
  const server = new MortalServer(prepared.folder, {
    ...prepared.disk?.environment,
    HEDDLE_NODES: join(root, 'tools', 'chaos', 'nodes'),
    HEDDLE_FETCH_ALLOW: ledger.host,
    HEDDLE_CRASH_LIMIT: '0',
    HEDDLE_RATE_PER_MINUTE: '1000000',
  });
  const world: StruckWorld = {
    server,
    history: noHistory(),
    // A model takes seconds to load after a kill; runs without a model progress in the meantime.
    documents: [false, false, ...(options.hasModels ? [true] : [])].map((hasModels) =>
      mixedWorkflow(ledger.address, hasModels),
    ),
    seed: options.seed,
    isOver: false,
  };
  try {
    return await Promise.race([bringFaults(options, prepared, ledger, world), server.ownEnd]);
  } catch (error) {
    world.isOver = true;
    await server.kill();
    await ledger.close();
    throw error;
  }
}

/** Runs the clients and the faults, waits until everything has ended, and collects the evidence. */
async function bringFaults(
  options: ChaosOptions,
  { plan, disk, small, folder, skipped }: ReturnType<typeof prepare>,
  ledger: Ledger,
  world: StruckWorld,
): Promise<ChaosReport> {
  const { server } = world;
  server.start();
  const first = await server.current();
  if (options.hasModels) await fillCollection(server);
  await createLibrary(first, ledger.address);
  await publish(first, mixedWorkflow(ledger.address, options.hasModels), `${ledger.address}/told`);
  const others = Promise.all([answerQuestions(world), watchJobs(world)]);
  const clients = startClients(world, { runs: options.runs ?? 12, ingesters });
  await untilIngesting(world);
  const { seed, pace = 1, onProgress } = options;
  const disturbances = await strikeAgainAndAgain(world, {
    server,
    plan,
    seed,
    pace,
    disk,
    smallDisk: small,
    onProgress,
  });
  clients.stop();
  const left = await untilAllEnded(world, leftOf, options.onProgress);
  const standstill = left === 0 ? undefined : await describeStandstill(server);
  await Promise.race([clients.ended, new Promise((resolve) => setTimeout(resolve, 10_000).unref())]);
  const embedded = [...ledger.embedded];
  const library = await readLibrary(world);
  world.isOver = true;
  await others;
  const code = await server.stop();
  await ledger.close();
  if (folder !== options.data) cpSync(folder, options.data, { recursive: true });
  const evidence: Evidence = {
    runs: await readJournal(options.data),
    ledger: ledger.entries,
    notifications: ledger.notifications,
    lives: server.lives,
    disturbances,
    slowness: options.isPatient === true ? slownessOf(server.lives) : 1,
    clients: world.history,
    library,
    embedded,
  };
  return reportOf({
    ...options,
    evidence,
    skipped,
    standstill,
    violations: checkPromises(evidence),
    code,
    left,
    orphans: server.orphans,
  });
}

/**
 * The size in megabytes of the disk that becomes full, at least and for each fault: more than the data of a chaos run, at 8 KB for each
 * document.
 */
const smallDiskMegabytes = { least: 96, aFault: 2 } as const;

/** Prepares the faults that are possible here, and gives the reasons why others are not. */
function prepare({ faults, seed, data }: ChaosOptions) {
  const skipped: Partial<Record<FaultKind, string>> = {};
  let counts = faults;
  let disk: RefusedDisk | undefined;
  if ((counts.io ?? 0) > 0) {
    const made = createRefusedDisk(temporaryFolder());
    if (typeof made === 'string') skipped.io = made;
    else disk = made;
  }
  const struck = Object.values(faults).reduce((sum, count) => sum + count, 0);
  const small =
    (counts.full ?? 0) > 0 ? smallDisk(smallDiskMegabytes.least + smallDiskMegabytes.aFault * struck) : undefined;
  if ((counts.full ?? 0) > 0 && small === undefined) skipped.full = 'this user may not mount a small disk';
  for (const kind of Object.keys(skipped)) counts = { ...counts, [kind]: 0 };
  const folder = small === undefined ? data : join(small.folder, 'data');
  return { plan: planFaults(counts, seed), disk, small, folder, skipped };
}

/** Waits for the first accepted ingest before the faults begin, because on a slow machine none might be accepted between kills. */
async function untilIngesting({ history }: ClientWorld): Promise<void> {
  const deadline = Date.now() + longestLifeMs;
  while (!history.ingests.some(({ jobId }) => jobId !== undefined) && Date.now() < deadline) await pause(20);
}

/** The number of clients that send documents. */
const ingesters = 2;

/** Counts what has not ended yet. */
const leftOf = async (world: ClientWorld): Promise<readonly (number | undefined)[]> => [
  await unfinished(world),
  await unfinishedJobs(world),
  await undeliveredMessages(world),
];

/** Gives the state that the server reports, and the end of its log. */
async function describeStandstill(mortal: MortalServer): Promise<string> {
  const server = await mortal.current();
  const health = await send(server, '/api/health').then(
    ({ text }) => text,
    (error: unknown) => String(error),
  );
  return `${health}\n${server.stderr().split('\n').slice(-20).join('\n')}`;
}

async function fillCollection(mortal: MortalServer): Promise<void> {
  const server = await mortal.current();
  await post(server, '/api/collections', { name: collection, embedding: 'all-minilm-l6-v2' });
  const { text } = await post(server, `/api/collections/${collection}/documents`, { documents });
  const { jobId } = JSON.parse(text) as { jobId: string };
  for (;;) {
    const job = JSON.parse((await send(server, `/api/jobs/${jobId}`)).text) as { status: string };
    if (job.status === 'done') return;
    if (job.status === 'failed') throw new Error('The collection could not be filled.');
    await pause(50);
  }
}
