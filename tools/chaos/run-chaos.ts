import { join } from 'node:path';
import { root } from '../e2e/built-program.js';
import { post, send } from '../e2e/server-calls.js';
import { answerQuestions, endedRuns, followRun, pause, unfinished, type ClientWorld } from './client.js';
import { checkPromises } from './check-promises.js';
import { noHistory, type Evidence } from './evidence.js';
import { createLibrary, ingestAgainAndAgain, readLibrary, unfinishedJobs, watchJobs } from './ingests.js';
import { openLedger } from './ledger.js';
import { createMortalServer, type MortalServer } from './mortal-server.js';
import { publish } from './published.js';
import { createRandom, type Random } from './random.js';
import { readJournal } from './read-journal.js';
import { reportOf, type ChaosReport } from './report.js';
import { collection, documents, mixedWorkflow } from './workflow.js';

/** How a chaos goes. */
export interface ChaosOptions {
  readonly kills: number;
  readonly seed: number;
  /** A fresh folder. */
  readonly data: string;
  /** Whether the starter models take part; stand-ins without a model take their place. */
  readonly hasModels: boolean;
  /** Runs that are alive at the same time; default 12. */
  readonly runs?: number;
  /** How long the lives of a server are, beside what they are by default: 0.5 for half as long. */
  readonly pace?: number;
  readonly onProgress?: (detail: string) => void;
}

/** Once nobody kills any more: how long without a further run that ends all others get, in milliseconds. */
const standstillMs = 120_000;

/** After so many kills in which no run ended, a server lives until one has, so that a slow machine gets on too. */
const mostIdleKills = 8;
const longestLifeMs = 60_000;

/**
 * Kills a server again and again at moments that follow from the seed, while clients start runs, watch, answer, cancel and send documents; then
 * lets every run and ingest end and looks whether the eight promises held.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const ledger = await openLedger();
  const server = createMortalServer(options.data, {
    HEDDLE_NODES: join(root, 'tools', 'chaos', 'nodes'),
    HEDDLE_FETCH_ALLOW: ledger.host,
    HEDDLE_CRASH_LIMIT: '0',
    HEDDLE_RATE_PER_MINUTE: '1000000',
  });
  const world: ClientWorld = {
    server,
    history: noHistory(),
    // A model takes seconds to be there again after a kill: runs without one get further in the meantime.
    documents: [false, false, ...(options.hasModels ? [true] : [])].map((hasModels) =>
      mixedWorkflow(ledger.address, hasModels),
    ),
    seed: options.seed,
    isOver: false,
  };
  server.start();
  const first = await server.current();
  if (options.hasModels) await fillCollection(server);
  await createLibrary(first, ledger.address);
  await publish(first, mixedWorkflow(ledger.address, options.hasModels));
  const others = Promise.all([answerQuestions(world), watchJobs(world)]);
  const clients = startClients(world, options.runs ?? 12);
  await untilIngesting(world);
  await killAgainAndAgain(world, options);
  clients.stop();
  const left = await untilAllEnded(world, options);
  await Promise.race([clients.ended, new Promise((resolve) => setTimeout(resolve, 10_000).unref())]);
  const embedded = [...ledger.embedded];
  const library = await readLibrary(world);
  world.isOver = true;
  await others;
  const code = await server.stop();
  await ledger.close();
  const evidence: Evidence = {
    runs: await readJournal(options.data),
    ledger: ledger.entries,
    lives: server.lives,
    clients: world.history,
    ...{ library, embedded },
  };
  return reportOf({
    ...options,
    evidence,
    violations: checkPromises(evidence),
    code,
    left,
    orphans: server.orphans,
  });
}

/** On a slow machine nothing would be taken in between kills: the first ingest is accepted before them. */
async function untilIngesting({ history }: ClientWorld): Promise<void> {
  const deadline = Date.now() + longestLifeMs;
  while (!history.ingests.some(({ jobId }) => jobId !== undefined) && Date.now() < deadline) await pause(20);
}

/** Clients that send documents. */
const ingesters = 2;

/** Keeps a number of runs and ingests alive, each with its own client, until it is stopped. */
function startClients(world: ClientWorld, count: number): { stop(): void; readonly ended: Promise<unknown> } {
  let isStopped = false;
  let index = 0;
  const work = async (): Promise<void> => {
    while (!isStopped) {
      index += 1;
      await followRun(world, index);
    }
  };
  const ended = Promise.all([
    ...Array.from({ length: count }, work),
    ...Array.from({ length: ingesters }, (_, actor) => ingestAgainAndAgain(world, actor, () => isStopped)),
  ]);
  return { stop: () => (isStopped = true), ended };
}

async function killAgainAndAgain(
  world: ClientWorld,
  { kills, seed, pace = 1, onProgress }: ChaosOptions,
): Promise<void> {
  const { server } = world;
  const random = createRandom(seed);
  let ended = 0;
  let idle = 0;
  for (let kill = 1; kill <= kills; kill += 1) {
    await lifetime(server, random, pace);
    if (idle >= mostIdleKills) await untilOneMoreEnds(world, ended);
    const now = endedRuns(world);
    idle = now > ended ? 0 : idle + 1;
    ended = now;
    await server.kill();
    onProgress?.(`${kill} of ${kills} kills`);
    server.start();
  }
}

async function untilOneMoreEnds(world: ClientWorld, ended: number): Promise<void> {
  await world.server.current();
  const deadline = Date.now() + longestLifeMs;
  while (endedRuns(world) <= ended && Date.now() < deadline) await pause(50);
}

/** Some die while they start, most soon after, some work for a while, so that runs get on. */
async function lifetime(server: MortalServer, random: Random, pace: number): Promise<void> {
  const kind = random.next();
  if (kind < 0.12) return pause(random.between(50, 1_000));
  const [least, most] = kind < 0.7 ? [0, 700] : kind < 0.94 ? [700, 2_500] : [2_500, 7_000];
  const ms = random.between(least, most) * pace;
  await server.current();
  return pause(ms);
}

/** Gives how many runs are left when nothing has moved for a while. */
async function untilAllEnded(world: ClientWorld, { onProgress }: ChaosOptions): Promise<number> {
  let left = Infinity;
  for (let movedAt = Date.now(); Date.now() < movedAt + standstillMs;) {
    const [runs, jobs] = [await unfinished(world), await unfinishedJobs(world)];
    const now = runs === undefined || jobs === undefined ? undefined : runs + jobs;
    if (now === 0) return 0;
    if (now !== undefined && now < left) [left, movedAt] = [now, Date.now()];
    onProgress?.(`${now ?? 'some'} runs and ingests to end`);
    await pause(200);
  }
  return left;
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
