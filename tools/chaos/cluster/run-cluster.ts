import type { AuditCheck } from '@heddle/core';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, temporaryFolder } from '../../e2e/built-program.js';
import { send } from '../../e2e/server-calls.js';
import { answerQuestions, unfinished } from '../client.js';
import { startClients, untilAllEnded } from '../clients-at-work.js';
import type { ClientWorld } from '../client-world.js';
import { checkPromises } from '../checks/check-promises.js';
import { noHistory, type Evidence } from '../evidence.js';
import { createLibrary, readLibrary, unfinishedJobs, watchJobs } from '../ingests.js';
import { openLedger, type Ledger } from '../ledger.js';
import { publish, undeliveredMessages } from '../published.js';
import { reportOf, type ChaosReport } from '../report.js';
import { slownessOf } from '../slowness.js';
import { mixedWorkflow } from '../workflow.js';
import { planClusterFaults, type ClusterFaultCounts } from './cluster-faults.js';
import { writeEvidence } from './write-evidence.js';
import { MortalCluster, type ClusterSize } from './mortal-cluster.js';
import { describeDatabase, readDatabase } from './read-database.js';
import { database, type Services } from './services.js';
import { straightenTimes } from './straighten-times.js';
import { strikeCluster, type Blows } from './strike-cluster.js';

interface ClusterChaosOptions {
  readonly faults: ClusterFaultCounts;
  readonly seed: number;
  readonly services: Services;
  /** Milliseconds without a heartbeat after which other processes take over the runs of a process. Default: 10,000, as in the settings. */
  readonly leaseMs?: number | undefined;
  readonly size?: ClusterSize;
  /**
   * The built repository of another commit. All processes begin with its program; upgrades alternate between that of this repository and
   * it.
   */
  readonly otherVersion?: string | undefined;
  /** The number of runs that are active at the same time; default 12. */
  readonly runs?: number;
  /** A factor for the duration of faults and the time between them. */
  readonly pace?: number;
  /** Whether promised times are extended on a slow or busy machine. */
  readonly isPatient?: boolean;
  readonly onProgress?: (detail: string) => void;
}

const usualLeaseMs = 10_000;

/**
 * Applies faults to the processes of a cluster, to Postgres and to Redis, at moments that depend on the seed, while clients work with
 * whichever process answers. Then lets every run end and checks the eight promises.
 */
export async function runCluster(options: ClusterChaosOptions): Promise<ChaosReport> {
  const ledger = await openLedger();
  const { services, leaseMs = usualLeaseMs, size = { apis: 2, workers: 3 }, otherVersion } = options;
  const { vectors } = services;
  const bucket = bucketOf(services, otherVersion);
  const hasFiles = typeof bucket !== 'string';
  const cluster = await MortalCluster.start(
    {
      database,
      postgresPort: services.postgresPort,
      hasClocks: (options.faults.clock ?? 0) > 0,
      hasVectors: vectors.store === 'pgvector',
      isMigratedApart: otherVersion !== undefined,
      environment: {
        ...(hasFiles && { HEDDLE_BLOBS_URL: bucket.url }),
        ...(vectors.store === 'pinecone' && { PINECONE_API_KEY: vectors.apiKey, PINECONE_URL: vectors.url }),
        HEDDLE_REDIS_URL: services.redis.url,
        HEDDLE_KEY_FILE: join(temporaryFolder(), 'shared.key'),
        HEDDLE_NODES: join(root, 'tools', 'chaos', 'nodes'),
        HEDDLE_FETCH_ALLOW: ledger.host,
        HEDDLE_CRASH_LIMIT: '0',
        HEDDLE_RATE_PER_MINUTE: '1000000',
        HEDDLE_LEASE_MS: String(leaseMs),
      },
    },
    size,
    otherVersion,
  );
  const world: ClientWorld = {
    server: cluster,
    history: noHistory(),
    seed: options.seed,
    isOver: false,
    hasFiles,
    documents: [mixedWorkflow(ledger.address, false, hasFiles)],
  };
  try {
    return await Promise.race([bringFaults({ ...options, leaseMs }, cluster, ledger, world), cluster.ownEnd]);
  } finally {
    world.isOver = true;
    await cluster.close();
    await ledger.close();
  }
}

type Options = ClusterChaosOptions & { readonly leaseMs: number };

/** Runs the clients and the faults, waits until everything has ended, and collects the evidence. */
async function bringFaults(
  options: Options,
  cluster: MortalCluster,
  ledger: Ledger,
  world: ClientWorld,
): Promise<ChaosReport> {
  const { services, seed, leaseMs, pace = 1, onProgress } = options;
  const { faults, skipped } = possibleHere(options.faults, bucketOf(services, options.otherVersion));
  const from = Date.now();
  const hasFiles = world.hasFiles === true;
  await publish(await cluster.current(), mixedWorkflow(ledger.address, false, hasFiles), `${ledger.address}/told`);
  if (hasFiles) await createLibrary(await cluster.current(), ledger.address, services.vectors.store);
  const others = Promise.all([answerQuestions(world), hasFiles ? watchJobs(world) : undefined]);
  const clients = startClients(world, { runs: options.runs ?? 12, ingesters: hasFiles ? ingesters : 0 });
  const plan = planClusterFaults(faults, seed);
  const blows = await strikeCluster(world, { cluster, services, plan, seed, leaseMs, pace, onProgress });
  clients.stop();
  const left = await untilAllEnded(world, leftOf, onProgress);
  const standstill = left === 0 ? undefined : await describeStandstill(cluster, services);
  await Promise.race([clients.ended, new Promise((resolve) => setTimeout(resolve, 10_000).unref())]);
  const audit = await checkAudit(cluster);
  const embedded = [...ledger.embedded];
  const library = hasFiles ? await readLibrary(world) : noLibrary;
  world.isOver = true;
  await others;
  const stopped = await cluster.stop();
  const evidence = await collect(options, { cluster, ledger, world, blows, library, embedded });
  const straight = {
    ...evidence,
    runs: straightenTimes(evidence.runs, blows.disturbances, { from, to: Date.now() }),
  };
  const violations = checkPromises(evidence, straight);
  const kept = violations.length === 0 ? [] : [`the evidence is kept: ${writeEvidence(evidence, violations)}`];
  return reportOf({
    seed,
    hasModels: false,
    evidence: straight,
    code: 0,
    left,
    standstill,
    orphans: cluster.orphans,
    violations,
    skipped,
    others: [...blows.faults, ...audit, ...stopped, ...kept],
    cluster: {
      leaseMs,
      answersLost: blows.answersLost,
      connectionsCut: blows.connectionsCut,
      refusedStarts: cluster.members.reduce((sum, { refusedStarts }) => sum + refusedStarts, 0),
    },
  });
}

async function collect(
  { services, leaseMs, isPatient }: Options,
  parts: {
    readonly cluster: MortalCluster;
    readonly ledger: Ledger;
    readonly world: ClientWorld;
    readonly blows: Blows;
  } & Pick<Evidence, 'library' | 'embedded'>,
): Promise<Evidence> {
  const { cluster, ledger, world, blows, library, embedded } = parts;
  const { bucket, postgres } = services;
  return {
    runs: await readDatabase(postgres, typeof bucket === 'string' ? undefined : bucket.blobs),
    ledger: ledger.entries,
    notifications: ledger.notifications,
    lives: cluster.lives,
    disturbances: blows.disturbances,
    slowness: isPatient === true ? slownessOf(cluster.lives) : 1,
    clients: world.history,
    library,
    embedded,
    cluster: { leaseMs, hasFiles: world.hasFiles === true },
  };
}

/** The number of clients that send documents. */
const ingesters = 2;

const noLibrary: Evidence['library'] = { jobs: [], documents: [], searches: [] };

/** Gives the bucket if all versions of the cluster support one; otherwise the reason why there is none. */
function bucketOf({ bucket }: Services, otherVersion: string | undefined): Services['bucket'] {
  if (otherVersion === undefined || typeof bucket === 'string') return bucket;
  const settings = readFileSync(join(otherVersion, 'docs', 'settings.md'), 'utf8');
  return settings.includes('HEDDLE_BLOBS_URL') ? bucket : 'the other version knows no bucket';
}

/** Gives the faults that are possible here, and the reasons why others are left out. */
function possibleHere(
  faults: ClusterFaultCounts,
  bucket: Services['bucket'],
): { readonly faults: ClusterFaultCounts; readonly skipped: Readonly<Record<string, string>> } {
  if (typeof bucket !== 'string') return { faults, skipped: {} };
  const imports = `without a bucket, the originals of documents are in the data folder of one process: ${bucket}`;
  return { faults: { ...faults, 'bucket-away': 0 }, skipped: { 'bucket-away': bucket, imports } };
}

const leftOf = async (world: ClientWorld): Promise<readonly (number | undefined)[]> => [
  await unfinished(world),
  await unfinishedJobs(world),
  await undeliveredMessages(world),
];

/** Checks that the chain of the audit log is whole, although several processes wrote it. */
async function checkAudit(cluster: MortalCluster): Promise<string[]> {
  const { text } = await send(await cluster.current(), '/api/audit/verify');
  const check = JSON.parse(text) as AuditCheck;
  return check.isWhole && check.records > 0 ? [] : [`the audit log is not whole: ${text}`];
}

/** Describes the state of the database and of the processes, with the end of their logs. */
async function describeStandstill(cluster: MortalCluster, { postgres }: Services): Promise<string> {
  const lines = await Promise.all(
    cluster.members.map(async ({ name, server: { listening } }) => {
      if (listening === undefined) return `${name} does not listen`;
      const health = await send(listening, '/api/health').then(({ text }) => text, String);
      return `${name}: ${health}\n${listening.stderr().split('\n').slice(-20).join('\n')}`;
    }),
  );
  return [await describeDatabase(postgres), ...lines].join('\n');
}
