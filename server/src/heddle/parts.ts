import type { NegativesStore, QuestionStore, RowErasure } from '@heddle/adapters/datasets';
import type { IndexGateStore, LabStore } from '@heddle/adapters/lab';
import type { ExperimentStore, ModelResultStore, ResultStore } from '@heddle/adapters/experiments';
import type { ProviderBatchStore } from '@heddle/adapters/provider-batches';
import type { ReplayStore } from '@heddle/adapters/replays';
import type { HeddleAudit } from '@heddle/adapters/audit';
import type { ExcerptStore } from '@heddle/adapters/journal';
import type { BlobStore } from '@heddle/adapters/blobs';
import type { OriginalStore } from '@heddle/adapters/originals';
import type { SigningFetch } from '@heddle/adapters/fetch';
import type { CollectionTitles, DeletionStore, KillSwitchStore, FirstVersions } from '@heddle/adapters/stores';
import type {
  AbStore,
  CalibrationStore,
  AnnotationStore,
  AlertStore,
  Collections,
  Headers,
  Conversations,
  DatasetStore,
  Documents,
  FeedbackStore,
  GateStore,
  IdempotencyKeys,
  JobStore,
  Leases,
  Journal,
  Embedder,
  FactStore,
  ModelHub,
  MonitorStore,
  NodeCatalog,
  PromptStore,
  ProposalStore,
  RatingsSource,
  RetentionRules,
  RollupStore,
  RunScoreStore,
  SourceConnector,
  SourceStore,
  Sandbox,
  TrainingConsents,
  VersionStore,
  WorkflowStore,
} from '@heddle/core';
import type { Limits } from '@heddle/engine';
import type { SqliteTables } from '@heddle/adapters/database';
import type { IdentityStores } from '@heddle/adapters/identity';
import type { FilesOf } from '../authority/authorised-resources.js';
import type { TrustedClock } from '../common/trusted-clock.js';
import type { CollectionGraphs } from '../headers/collection-graphs.js';
import type { CollectionHeaders } from '../headers/collection-headers.js';
import type { OwnCollections } from '../lab/lab-indexes.js';
import type { CollectionsFile } from '../collections/collections-file.js';
import type { ChannelStores } from '../channel-stores/open-channels.js';
import type { OpenedConnections } from '../connections/connection.service.js';
import type { NodePackages } from '../nodes/node-packages.js';
import type { SecretCards } from '../secrets/secret-cards.js';
import type { Lazy } from '../common/lazy.js';
import type { RoutingStores } from '../routing/open-routing.js';
import type { OpenedTools } from '../tools/tool.service.js';
import type { Engine } from '../runs/engine.js';
import type { Storage } from '../storage/storage.js';
import type { Log } from '../common/log.js';
import type { OpenedDatabase } from './database/opened-database.js';

/** The parts of a Heddle, behind the ports of core. Tests replace them by fakes. */
export interface HeddleParts {
  /** Creates the driver of runs that several processes share; undefined if this process is alone. */
  readonly shareRuns?: OpenedDatabase['shareRuns'] | undefined;
  readonly checkQueue?: OpenedDatabase['checkQueue'] | undefined;
  readonly checkFiles?: OpenedDatabase['checkFiles'] | undefined;
  readonly sharedLimits?: OpenedDatabase['sharedLimits'] | undefined;
  readonly placement?: OpenedDatabase['placement'] | undefined;
  readonly cluster?: OpenedDatabase['cluster'] | undefined;
  readonly clock: TrustedClock;
  readonly log: Log;
  readonly journal: Journal;
  readonly excerpts: ExcerptStore;
  readonly audit: HeddleAudit;
  readonly killSwitches: KillSwitchStore;
  readonly workflows: WorkflowStore;
  readonly jobs: JobStore;
  readonly versions: VersionStore;
  readonly firstVersions: FirstVersions;
  readonly ab: AbStore;
  readonly channels: ChannelStores;
  /** Decides which process does work that only one may do. */
  readonly leases: Leases;
  /** Model calls that wait for batches of their providers. */
  readonly providerBatches: ProviderBatchStore;
  readonly idempotency: IdempotencyKeys;
  readonly blobs: BlobStore;
  readonly originals: OriginalStore;
  readonly catalog: NodeCatalog;
  readonly nodePackages: NodePackages;
  readonly engine: Engine;
  readonly limits: Limits;
  readonly connections: OpenedConnections;
  readonly identity: IdentityStores;
  /** The tables of Heddle. Besides the stores, only commands and tests that set things up use them. */
  readonly tables: SqliteTables;
  readonly routing: RoutingStores;
  readonly tools: OpenedTools;
  readonly conversations: Conversations;
  readonly facts: FactStore;
  readonly retentionRules: RetentionRules;
  readonly deletions: DeletionStore;
  readonly datasets: DatasetStore;
  /** Lets synchronous erasures erase dataset rows too. */
  readonly rowErasure: RowErasure;
  readonly questions: QuestionStore;
  readonly negatives: NegativesStore;
  readonly labs: LabStore;
  readonly indexGates: IndexGateStore;
  readonly sources: SourceStore;
  /** The connectors of sources. */
  readonly sourceConnectors: Lazy<readonly SourceConnector[]>;
  readonly experiments: ExperimentStore;
  readonly experimentResults: ResultStore;
  readonly modelResults: ModelResultStore;
  readonly replays: ReplayStore;
  readonly gates: GateStore;
  readonly proposals: ProposalStore;
  readonly feedback: FeedbackStore;
  readonly scores: RunScoreStore;
  readonly monitors: MonitorStore;
  readonly annotations: AnnotationStore;
  readonly prompts: PromptStore;
  readonly consents: TrainingConsents;
  readonly calibrations: CalibrationStore;
  readonly rollups: RollupStore;
  readonly alertStore: AlertStore;
  readonly ratings: RatingsSource;
  readonly models: Lazy<ModelHub>;
  readonly collections: Lazy<Collections>;
  /** Opens collections that are stored in a file of their own, with wrapped embedding models. */
  openCollections(file: string, wrap: (embedder: Embedder) => Embedder, headers: Headers): Promise<OwnCollections>;
  /** Models that write passage headers; they work once they are connected. */
  readonly headers: CollectionHeaders;
  /** Knowledge graphs, and the models that find entities; these work once they are connected. */
  readonly graphs: CollectionGraphs;
  readonly collectionTitles: CollectionTitles;
  /** The file of the embedded vector store; undefined without one. */
  readonly collectionsFile?: CollectionsFile | undefined;
  /** Throws `storage_*` if that file is lost, damaged or full. */
  checkCollections?(): Promise<void>;
  readonly documents: Lazy<Documents>;
  /** Opens those folders of `HEDDLE_FILES` that a user may read. */
  readonly files: Lazy<FilesOf>;
  readonly fetch: Lazy<SigningFetch>;
  readonly sandbox: Lazy<Sandbox>;
  readonly secrets: SecretCards;
  /** Folder for uploads that wait for their job. */
  readonly temporaryFolder: string;
  /** The folder of templates. Default: the templates of Heddle. */
  readonly templatesFolder?: string;
  readonly storage: Storage;
  /** Copies the database to a file while it is in use. */
  backup(file: string): Promise<void>;
  /** Closes every open part. */
  close(): Promise<void>;
}
