import { createSqliteAudit } from '@heddle/adapters/audit';
import { createFolderBlobs } from '@heddle/adapters/blobs';
import {
  checkFailpoint,
  createCanaryStore,
  createIdempotencyKeys,
  createJobStore,
  createMadeFiles,
  createStopStore,
  createTrustedTimeStore,
  createSqliteJournal,
  createVersionStore,
  createWorkflowStore,
  lockDataFolder,
  openDatabase,
  type DataFolderLock,
} from '@heddle/adapters/journal';
import { openIdentity } from '@heddle/adapters/identity';
import { createConversations, takeOverConversations } from '@heddle/adapters/memory';
import { createFirstVersions } from '@heddle/adapters/publishing';
import { createCatalog, subjectOf, type RunAcceptance } from '@heddle/core';
import { createLimits, idempotencyKey, resumeRun, startRun } from '@heddle/engine';
import { standardNodes } from '@heddle/nodes';
import { rm } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../settings/settings-table.js';
import { placeOfRun } from '../authority/authority.js';
import { TrustedClock } from '../clock/trusted-clock.js';
import { createCollectionsFile } from '../collections/collections-file.js';
import { openConnections } from '../connections/open-connections.js';
import { openDoorStores } from '../doors/open-doors.js';
import { openRouting } from '../routing/open-routing.js';
import { refuseStopped } from '../stops/stop-guard.js';
import { createStorage } from '../storage/storage.js';
import { createHeddle, type Heddle } from './heddle.js';
import { lazyParts } from './lazy-parts.js';
import type { Log } from './log.js';
import { NodePackages } from '../nodes/node-packages.js';
import { giveSecretsHosts } from '../secrets/give-hosts.js';
import { openSecrets } from '../secrets/open-secrets.js';
import { createToolSecrets } from '../secrets/tool-secrets.js';
import { openTools } from '../tools/open-tools.js';
import { finishRestore } from '../storage/finish-restore.js';
import { openLog } from './open-log.js';
import { realClock, sinceBoot } from './real-clock.js';
import { sessionLimits } from '../auth/session-limits.js';

/** Who opens the data folder. */
export interface OpenOptions {
  readonly kind: 'server' | 'command';
  /** Milliseconds to wait for another command that has the folder. */
  readonly waitMs?: number;
  readonly log?: Log;
  /** Where secrets of nodes come from; default: the process's environment. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** A Heddle over a data folder that this process holds. */
export interface OpenedHeddle extends Heddle {
  readonly lock: DataFolderLock;
}

/**
 * Opens a data folder: takes its lock and binds every port to its adapter. Models, collections, documents, fetch and sandbox
 * open at their first use. Errors: `storage_locked`, `storage_read_only`, `storage_corrupt`, `storage_newer`, `custom_nodes_invalid`,
 * `setting_invalid`.
 *
 * @example const heddle = await openHeddle(readSettings(process.env), { kind: 'command', waitMs: 5_000 });
 */
export async function openHeddle(settings: Settings, options: OpenOptions): Promise<OpenedHeddle> {
  checkFailpoint();
  const lock = await lockDataFolder(settings.dataFolder, {
    kind: options.kind,
    ...(options.waitMs === undefined ? {} : { waitMs: options.waitMs }),
  });
  try {
    await finishRestore(settings.dataFolder);
    return await open(settings, options, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Who typed a command. A machine may have no name for them. */
function terminalOf({ kind }: OpenOptions): { readonly terminal?: string } {
  if (kind !== 'command') return {};
  try {
    return { terminal: userInfo().username };
  } catch {
    return { terminal: `uid ${process.getuid?.() ?? '?'}` };
  }
}

async function open(settings: Settings, options: OpenOptions, lock: DataFolderLock): Promise<OpenedHeddle> {
  const log = options.log ?? openLog(settings);
  const database = openDatabase(join(settings.dataFolder, 'heddle.db'));
  const clock = new TrustedClock({
    base: realClock,
    store: createTrustedTimeStore(database),
    sinceBoot,
    onFault: (err) => log.warn({ err }, 'the trusted time could not be kept; it is tried again'),
  });
  const blobs = createFolderBlobs(join(settings.dataFolder, 'blobs'));
  const idempotency = createIdempotencyKeys(database, clock.trusted);
  const canaries = createCanaryStore(database);
  const audit = createSqliteAudit(database, {
    clock,
    keyFile: join(settings.dataFolder, 'secret.key'),
    anchorFile: join(settings.dataFolder, 'audit.head'),
    ...terminalOf(options),
  });
  const stops = createStopStore(database);
  const stopDoor = { types: [], write: () => undefined, admit: (run: RunAcceptance) => refuseStopped(stops, run) };
  const { routing, projections } = openRouting(database, clock);
  const keyFile = join(settings.dataFolder, 'secret.key');
  const doors = openDoorStores(database, clock, keyFile);
  const journal = createSqliteJournal(database, {
    blobs,
    clock,
    isSole: true,
    projections: [stopDoor, audit.projection, idempotency, canaries.projection, ...doors.projections, ...projections],
  });
  const temporaryFolder = join(settings.dataFolder, 'uploads');
  await rm(temporaryFolder, { recursive: true, force: true });
  const environment = options.environment ?? process.env;
  const secrets = openSecrets({ database, clock, environment, settings });
  const connections = openConnections({ database, clock, blobs, secrets });
  const collectionsFile = createCollectionsFile(settings.dataFolder, createMadeFiles(database, clock), log);
  const parts = lazyParts(settings, log, connections.hub, collectionsFile);
  const catalog = createCatalog(standardNodes);
  const nodePackages = new NodePackages({ settings, catalog, log });
  await nodePackages.open();
  const tools = openTools({ database, audit, clock, log, blobs, settings, secrets: createToolSecrets(secrets) });
  const limitOf = (name: string): number => (name.startsWith('model:') ? settings.maxModelCalls : Infinity);
  const heddle = createHeddle(settings, {
    clock,
    log,
    journal,
    audit,
    stops,
    workflows: createWorkflowStore(database, clock),
    jobs: createJobStore(database, clock),
    conversations: createConversations(database, clock),
    versions: createVersionStore(database),
    firstVersions: createFirstVersions(database, clock),
    canaries,
    doors: doors.doors,
    idempotency,
    blobs,
    catalog,
    nodePackages,
    engine: { startRun, resumeRun },
    limits: createLimits(limitOf),
    ...parts,
    collectionsFile,
    connections,
    routing,
    tools,
    identity: openIdentity(database, {
      clock: clock.rights,
      trusted: clock.trusted,
      keyFile: join(settings.dataFolder, 'secret.key'),
      limits: sessionLimits(settings),
    }),
    secrets,
    temporaryFolder,
    storage: createStorage(database, blobs),
    backup: (file) => database.backup(file),
    close: async () => {
      await nodePackages.close();
      await tools.host.close();
      await parts.close();
      await journal.close();
      audit.close();
      clock.close();
      database.close();
      lock.release();
    },
  });
  if (options.kind === 'server') {
    clock.start();
    await nodePackages.watch();
  }
  const taken = takeOverConversations(database, {
    keyOf: (rootId, path) => idempotencyKey(rootId, path, 'append'),
    ownerOf: (run) => ({
      ...placeOfRun(run, heddle.ownership),
      subject: subjectOf(run.caller),
    }),
  });
  if (taken !== undefined && taken.placed + taken.unassigned > 0)
    log.warn({ ...taken }, 'conversations of before belong to the runs that wrote them; an owner assigns the others');
  await giveSecretsHosts(heddle);
  return { ...heddle, lock };
}
