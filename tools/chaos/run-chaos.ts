import { join } from 'node:path';
import { root } from '../e2e/built-program.js';
import { post, send } from '../e2e/server-calls.js';
import { answerQuestions, followRun, pause, unfinished, type ClientWorld } from './client.js';
import { checkPromises } from './check-promises.js';
import type { Evidence } from './evidence.js';
import { openLedger } from './ledger.js';
import { createMortalServer, type MortalServer } from './mortal-server.js';
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

/** Longest time that all runs get to end once nobody kills any more, in milliseconds. */
const endMs = 120_000;

/**
 * Kills a server again and again at moments that follow from the seed, while clients start runs, watch, answer and cancel; then
 * lets every run end and looks whether the eight promises held.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const ledger = await openLedger();
  const server = createMortalServer(options.data, {
    HEDDLE_NODES: join(root, 'tools', 'chaos', 'nodes'),
    HEDDLE_FETCH_ALLOW: ledger.host,
    HEDDLE_CRASH_LIMIT: '0',
  });
  const world: ClientWorld = {
    server,
    history: { accepted: [], seen: [], answers: [], cancels: [], watches: [] },
    // A model takes seconds to be there again after a kill: runs without one get further in the meantime.
    documents: [false, false, ...(options.hasModels ? [true] : [])].map((hasModels) =>
      mixedWorkflow(ledger.address, hasModels),
    ),
    seed: options.seed,
    isOver: false,
  };
  server.start();
  if (options.hasModels) await fillCollection(server);
  const answering = answerQuestions(world);
  const clients = startClients(world, options.runs ?? 12);
  await killAgainAndAgain(server, options);
  clients.stop();
  const isAllEnded = await untilAllEnded(world, options);
  await Promise.race([clients.ended, new Promise((resolve) => setTimeout(resolve, 10_000).unref())]);
  world.isOver = true;
  await answering;
  const code = await server.stop();
  await ledger.close();
  const evidence: Evidence = {
    runs: await readJournal(options.data),
    ledger: ledger.entries,
    lives: server.lives,
    clients: world.history,
  };
  return reportOf({
    ...options,
    evidence,
    violations: checkPromises(evidence),
    code,
    isAllEnded,
    orphans: server.orphans,
  });
}

/** Keeps a number of runs alive, each with its own client, until it is stopped. */
function startClients(world: ClientWorld, count: number): { stop(): void; readonly ended: Promise<unknown> } {
  let isStopped = false;
  let index = 0;
  const work = async (): Promise<void> => {
    while (!isStopped) {
      index += 1;
      await followRun(world, index);
    }
  };
  const ended = Promise.all(Array.from({ length: count }, work));
  return { stop: () => (isStopped = true), ended };
}

async function killAgainAndAgain(
  server: MortalServer,
  { kills, seed, pace = 1, onProgress }: ChaosOptions,
): Promise<void> {
  const random = createRandom(seed);
  for (let kill = 1; kill <= kills; kill += 1) {
    await lifetime(server, random, pace);
    await server.kill();
    onProgress?.(`${kill} of ${kills} kills`);
    server.start();
  }
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

async function untilAllEnded(world: ClientWorld, { onProgress }: ChaosOptions): Promise<boolean> {
  const deadline = Date.now() + endMs;
  while (Date.now() < deadline) {
    const left = await unfinished(world);
    if (left === 0) return true;
    onProgress?.(`${left ?? 'some'} runs to end`);
    await pause(200);
  }
  return false;
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
