import type { PostgresMigration } from './migration.js';
import { changeTables } from './migrations/change-tables.js';
import { channelTables } from './migrations/channel-tables.js';
import { auditContentTables, auditTables } from './migrations/audit-tables.js';
import { clusterTables } from './migrations/cluster-tables.js';
import { commitTables } from './migrations/commit-tables.js';
import { commandTables } from './migrations/command-tables.js';
import { identityTables } from './migrations/identity-tables.js';
import { connectionTables } from './migrations/connection-tables.js';
import { openAiTables } from './migrations/openai-tables.js';
import { cacheTables } from './migrations/runs/cache-tables.js';
import { excerptTables } from './migrations/runs/excerpt-tables.js';
import { idempotencyTables } from './migrations/runs/idempotency-tables.js';
import { deliveryTables } from './migrations/delivery-tables.js';
import { batchTables } from './migrations/batch-tables.js';
import { budgetTables } from './migrations/budget-tables.js';
import { jobTables } from './migrations/jobs/job-tables.js';
import { shareTables } from './migrations/share-tables.js';
import { toolTables } from './migrations/tool-tables.js';
import { versionTables } from './migrations/stores/version-tables.js';
import { workflowTables } from './migrations/stores/workflow-tables.js';
import { datasetTables } from './migrations/dataset-tables.js';
import { proposalTables } from './migrations/proposal-tables.js';
import { experimentTables } from './migrations/quality/experiment-tables.js';
import { feedbackTables } from './migrations/quality/feedback-tables.js';
import { scoreTables } from './migrations/quality/score-tables.js';
import { abTables } from './migrations/quality/ab-tables.js';
import { alertTables } from './migrations/quality/alert-tables.js';
import { labConfusionTables, labRewritingTables, labTables } from './migrations/quality/lab-tables.js';
import { trainingTables } from './migrations/quality/training-tables.js';
import { modelCallTables } from './migrations/quality/model-call-tables.js';
import { replayTables } from './migrations/quality/replay-tables.js';
import { rollupTables } from './migrations/quality/rollup-tables.js';
import { onlyJobTables } from './migrations/jobs/only-job-tables.js';
import { promptTables } from './migrations/prompt-tables.js';
import { gateTables } from './migrations/gate-tables.js';
import { providerBatchTables } from './migrations/provider-batch-tables.js';
import { conversationTables } from './migrations/memory/conversation-tables.js';
import { factTables } from './migrations/memory/fact-tables.js';
import { graphClaimTables } from './migrations/collections/graph-claim-tables.js';
import { graphMergeTables } from './migrations/collections/graph-merge-tables.js';
import { graphTables } from './migrations/collections/graph-tables.js';
import { collectionTables } from './migrations/collections/collection-tables.js';
import { sourceTables } from './migrations/collections/source-tables.js';
import { fileTables } from './migrations/files/file-tables.js';
import { removalTables, retentionTables, trustedTimeTables } from './migrations/stores/retention-tables.js';
import { keyTables } from './migrations/stores/key-tables.js';
import { clusterViewTables } from './migrations/cluster-view-tables.js';
import { moveTables } from './move-tables.js';
import { journalTables } from './migrations/journal-tables.js';

/** The steps of the schema. The number of steps is the version of the schema. */
export const postgresMigrations: readonly PostgresMigration[] = [
  journalTables,
  clusterTables,
  commitTables,
  identityTables,
  versionTables,
  commandTables,
  changeTables,
  workflowTables,
  channelTables,
  connectionTables,
  toolTables,
  auditTables,
  gateTables,
  shareTables,
  openAiTables,
  deliveryTables,
  batchTables,
  budgetTables,
  jobTables,
  promptTables,
  datasetTables,
  proposalTables,
  providerBatchTables,
  conversationTables,
  factTables,
  collectionTables,
  sourceTables,
  retentionTables,
  replayTables,
  experimentTables,
  feedbackTables,
  scoreTables,
  alertTables,
  labTables,
  trainingTables,
  modelCallTables,
  abTables,
  idempotencyTables,
  excerptTables,
  rollupTables,
  cacheTables,
  onlyJobTables,
  keyTables,
  removalTables,
  auditContentTables,
  clusterViewTables,
  moveTables,
  fileTables,
  trustedTimeTables,
  labRewritingTables,
  labConfusionTables,
  graphTables,
  graphClaimTables,
  graphMergeTables,
];

/** The schema version of this program. */
export const postgresVersion = postgresMigrations.length;
