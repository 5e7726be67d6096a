import type { SqliteAudit } from '@heddle/adapters/audit';
import type { FolderBlobs } from '@heddle/adapters/blobs';
import type { SigningFetch } from '@heddle/adapters/fetch';
import type { CanaryStore, KillSwitchStore, FirstVersions } from '@heddle/adapters/stores';
import type {
  Collections,
  Conversations,
  Documents,
  IdempotencyKeys,
  JobStore,
  Journal,
  ModelHub,
  NodeCatalog,
  Sandbox,
  VersionStore,
  WorkflowStore,
} from '@heddle/core';
import type { Limits } from '@heddle/engine';
import type { IdentityStores } from '@heddle/adapters/identity';
import type { FilesOf } from '../authority/authorised-resources.js';
import type { TrustedClock } from '../common/trusted-clock.js';
import type { CollectionsFile } from '../collections/collections-file.js';
import type { ChannelStores } from '../channel-stores/open-channels.js';
import type { ConnectionParts } from '../connections/connection.service.js';
import type { NodePackages } from '../nodes/node-packages.js';
import type { SecretCards } from '../secrets/secret-cards.js';
import type { Lazy } from '../common/lazy.js';
import type { RoutingParts } from '../routing/open-routing.js';
import type { ToolParts } from '../tools/tool.service.js';
import type { Engine } from '../runs/engine.js';
import type { Storage } from '../storage/storage.js';
import type { Log } from '../common/log.js';

/** Everything a Heddle is made of, behind the ports of core. Tests bring fakes. */
export interface HeddleParts {
  readonly clock: TrustedClock;
  readonly log: Log;
  readonly journal: Journal;
  readonly audit: SqliteAudit;
  readonly killSwitches: KillSwitchStore;
  readonly workflows: WorkflowStore;
  readonly jobs: JobStore;
  readonly versions: VersionStore;
  readonly firstVersions: FirstVersions;
  readonly canaries: CanaryStore;
  readonly channels: ChannelStores;
  readonly idempotency: IdempotencyKeys;
  readonly blobs: FolderBlobs;
  readonly catalog: NodeCatalog;
  readonly nodePackages: NodePackages;
  readonly engine: Engine;
  readonly limits: Limits;
  readonly connections: ConnectionParts;
  readonly identity: IdentityStores;
  readonly routing: RoutingParts;
  readonly tools: ToolParts;
  readonly conversations: Conversations;
  readonly models: Lazy<ModelHub>;
  readonly collections: Lazy<Collections>;
  /** The file of the embedded store; left out where there is none. */
  readonly collectionsFile?: CollectionsFile;
  /** Errors: `storage_*` where that file is lost, or was found damaged or full. */
  checkCollections?(): Promise<void>;
  readonly documents: Lazy<Documents>;
  /** The folders of `HEDDLE_FILES`, as somebody sees them who may use some of them. */
  readonly files: Lazy<FilesOf>;
  readonly fetch: Lazy<SigningFetch>;
  readonly sandbox: Lazy<Sandbox>;
  readonly secrets: SecretCards;
  /** Folder for uploads that wait for their job. */
  readonly temporaryFolder: string;
  /** Where the ready workflows are; default: those that come with Heddle. */
  readonly templatesFolder?: string;
  readonly storage: Storage;
  /** Copies the database to a file while it is in use. */
  backup(file: string): Promise<void>;
  /** Closes every part that was opened. */
  close(): Promise<void>;
}
