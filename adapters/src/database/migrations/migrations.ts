import { budgetReservationsMigration } from './cluster/budget-reservations-migration.js';
import { jobOwnersMigration } from './cluster/job-owners-migration.js';
import { onlyJobsMigration } from './cluster/only-jobs-migration.js';
import { shareDaysMigration } from './cluster/share-days-migration.js';
import { revisionsMigration } from './revisions-migration.js';
import { sourcesMigration } from './sources-migration.js';
import { anonymousUsersMigration } from './names/anonymous-users-migration.js';
import { batchCodesMigration } from './batch-codes-migration.js';
import { cacheScopesMigration } from './cache-scopes-migration.js';
import { callOnlyKeysMigration } from './identity/call-only-keys-migration.js';
import { canariesMigration } from './canaries-migration.js';
import { channelsMigration } from './names/channels-migration.js';
import { clearanceMigration } from './names/clearance-migration.js';
import { collectionTitlesMigration } from './collection-titles-migration.js';
import { calibrationsMigration } from './quality/calibrations-migration.js';
import { datasetsMigration } from './datasets-migration.js';
import { datasetWritersMigration } from './quality/dataset-writers-migration.js';
import { connectionTestsMigration } from './connections/connection-tests-migration.js';
import { deletionsMigration } from './stores/deletions-migration.js';
import { doorsMigration } from './doors-migration.js';
import { erasedRowsMigration } from './quality/erased-rows-migration.js';
import { errorCodesMigration } from './names/error-codes-migration.js';
import { routeTrainingsMigration } from './quality/route-trainings-migration.js';
import { replaysMigration } from './quality/replays-migration.js';
import { runExcerptsMigration } from './run-excerpts-migration.js';
import { experimentResultsMigration } from './quality/experiment-results-migration.js';
import { experimentChangesMigration } from './quality/experiment-changes-migration.js';
import { modelResultsMigration } from './quality/model-results-migration.js';
import { experimentsMigration } from './quality/experiments-migration.js';
import { trainingConsentsMigration } from './quality/training-consents-migration.js';
import { annotationsMigration } from './quality/annotations-migration.js';
import { feedbackMigration } from './quality/feedback-migration.js';
import { abTestsMigration } from './quality/ab-tests-migration.js';
import { alertsMigration } from './quality/alerts-migration.js';
import { questionsMigration } from './quality/questions-migration.js';
import { gatesMigration } from './quality/gates-migration.js';
import { callQueueMigration } from './quality/call-queue-migration.js';
import { rollupsMigration } from './quality/rollups-migration.js';
import { groupsMigration } from './identity/groups-migration.js';
import { indexGatesMigration } from './quality/index-gates-migration.js';
import { labConfusionsMigration } from './quality/labs/lab-confusions-migration.js';
import { labComparisonsMigration } from './quality/labs/lab-comparisons-migration.js';
import { labRewritingsMigration } from './quality/labs/lab-rewritings-migration.js';
import { labsMigration } from './quality/labs/labs-migration.js';
import { monitorsMigration } from './quality/monitors-migration.js';
import { runScoresMigration } from './quality/run-scores-migration.js';
import { grantsMigration } from './identity/grants-migration.js';
import { humanInputsMigration } from './names/human-inputs-migration.js';
import { jobWorkMigration } from './stores/job-work-migration.js';
import { killSwitchesMigration } from './names/kill-switches-migration.js';
import { madeFilesMigration } from './stores/made-files-migration.js';
import { memorySubjectsMigration } from './conversations/memory-subjects-migration.js';
import type { Migration } from './migration.js';
import { openAiFilesMigration } from './openai-files-migration.js';
import { promptCachesMigration } from './connections/prompt-caches-migration.js';
import { promptsMigration } from './quality/prompts-migration.js';
import { oauthMigration } from './identity/oauth-migration.js';
import { graphClaimsMigration } from './stores/graph-claims-migration.js';
import { graphMergesMigration } from './stores/graph-merges-migration.js';
import { knowledgeGraphMigration } from './stores/knowledge-graph-migration.js';
import { passageHeadersMigration } from './passage-headers-migration.js';
import { placesMigration } from './places-migration.js';
import { proposalsMigration } from './stores/proposals-migration.js';
import { providerBatchesMigration } from './provider-batches-migration.js';
import { recordChecksumsMigration } from './record-checksums-migration.js';
import { retentionMarksMigration } from './stores/retention-marks-migration.js';
import { secretCardsMigration } from './connections/secret-cards-migration.js';
import { toolGrantsMigration } from './identity/tool-grants-migration.js';
import { factIndexMigration } from './conversations/fact-index-migration.js';
import { factsMigration } from './conversations/facts-migration.js';
import { threadsMigration } from './conversations/threads-migration.js';
import { triggersMigration } from './triggers-migration.js';
import { trustedTimeMigration } from './stores/trusted-time-migration.js';
import { uploadsMigration } from './uploads-migration.js';

/**
 * The schema of heddle.db.
 *
 * `records` has one row for an execution (its end, with the seq and time of its start) and one for every other record. Rows are appended in
 * the order of commits, so that a commit of many runs touches few pages; an index finds the rows of a run.
 */
export const migrations: readonly Migration[] = [
  {
    name: 'workflows, jobs, runs',
    sql: `
      CREATE TABLE workflows (
        id TEXT PRIMARY KEY, slug TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL,
        created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, document TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE jobs (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, status TEXT NOT NULL, subject TEXT NOT NULL,
        progress TEXT NOT NULL, result TEXT, error TEXT, created_at REAL NOT NULL, ended_at REAL
      ) STRICT;
      CREATE INDEX jobs_open ON jobs (status) WHERE status IN ('queued', 'running');

      CREATE TABLE bundles (hash TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT, WITHOUT ROWID;

      CREATE TABLE runs (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, workflow_id TEXT, workflow_name TEXT NOT NULL,
        status TEXT NOT NULL, run_trigger TEXT NOT NULL, root_id TEXT NOT NULL, origin TEXT,
        accepted_at REAL NOT NULL, started_at REAL, ended_at REAL, wake_at REAL,
        input_tokens INTEGER NOT NULL DEFAULT 0, output_tokens INTEGER NOT NULL DEFAULT 0, cost REAL NOT NULL DEFAULT 0,
        error TEXT, bundle TEXT NOT NULL REFERENCES bundles (hash), acceptance TEXT NOT NULL, blobs TEXT
      ) STRICT;
      CREATE INDEX runs_by_time ON runs (accepted_at);
      CREATE INDEX runs_by_workflow ON runs (workflow_id, accepted_at) WHERE workflow_id IS NOT NULL;
      CREATE INDEX runs_by_status ON runs (status, accepted_at);
      CREATE INDEX runs_due ON runs (wake_at) WHERE wake_at IS NOT NULL;

      CREATE TABLE records (
        number INTEGER PRIMARY KEY, run INTEGER NOT NULL, seq INTEGER NOT NULL, type TEXT NOT NULL, time REAL NOT NULL,
        path TEXT, attempt INTEGER, start_seq INTEGER, start_time REAL, body TEXT, blobs TEXT
      ) STRICT;
      CREATE UNIQUE INDEX records_by_run ON records (run, seq);

      CREATE TABLE asks (
        run INTEGER NOT NULL, ask_id TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (run, ask_id)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE deltas (
        number INTEGER PRIMARY KEY, run INTEGER NOT NULL, path TEXT NOT NULL, attempt INTEGER NOT NULL, port TEXT NOT NULL,
        start INTEGER NOT NULL, text TEXT NOT NULL
      ) STRICT;
      CREATE INDEX deltas_by_run ON deltas (run, path);
    `,
  },
  {
    name: 'retention',
    sql: `
      ALTER TABLE runs ADD COLUMN values_removed_at REAL;
      CREATE INDEX runs_by_bundle ON runs (bundle);
      CREATE INDEX runs_by_origin ON runs (origin) WHERE origin IS NOT NULL;

      -- What was begun and is left to remove of a run: all of it ('run') or its values ('values'), after this seq.
      CREATE TABLE removals (run INTEGER PRIMARY KEY, what TEXT NOT NULL, after INTEGER NOT NULL DEFAULT 0) STRICT;
    `,
  },
  {
    name: 'connections and secrets',
    sql: `
      CREATE TABLE connections (id TEXT PRIMARY KEY, body TEXT NOT NULL, updated_at REAL NOT NULL) STRICT, WITHOUT ROWID;

      CREATE TABLE secrets (name TEXT PRIMARY KEY, sealed BLOB NOT NULL, updated_at REAL NOT NULL) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: 'published versions',
    sql: `
      CREATE TABLE versions (
        workflow_id TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL, bundle TEXT NOT NULL,
        PRIMARY KEY (workflow_id, version)
      ) STRICT;

      CREATE TABLE live_versions (workflow_id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;

      CREATE TABLE workflow_tests (workflow_id TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT, WITHOUT ROWID;

      CREATE TABLE idempotency_keys (
        scope TEXT NOT NULL, key TEXT NOT NULL, request_hash TEXT NOT NULL, run_id TEXT NOT NULL, used_at REAL NOT NULL,
        PRIMARY KEY (scope, key)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX idempotency_keys_by_time ON idempotency_keys (used_at);

      ALTER TABLE runs ADD COLUMN version INTEGER;
      ALTER TABLE runs ADD COLUMN caller TEXT;
    `,
  },
  {
    name: 'identity',
    sql: `
      CREATE TABLE users (
        id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, password TEXT, totp BLOB,
        totp_step INTEGER NOT NULL DEFAULT -1, is_disabled INTEGER NOT NULL DEFAULT 0, created_at REAL NOT NULL, signed_in_at REAL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE user_subjects (
        issuer TEXT NOT NULL, subject TEXT NOT NULL, user_id TEXT NOT NULL REFERENCES users (id), PRIMARY KEY (issuer, subject)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE recovery_codes (
        user_id TEXT NOT NULL REFERENCES users (id), hash TEXT NOT NULL, PRIMARY KEY (user_id, hash)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE sessions (
        id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, previous_hash TEXT, user_id TEXT NOT NULL REFERENCES users (id),
        is_secure INTEGER NOT NULL, created_at REAL NOT NULL, seen_at REAL NOT NULL, rotated_at REAL NOT NULL, agent TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX sessions_before ON sessions (previous_hash) WHERE previous_hash IS NOT NULL;
      CREATE INDEX sessions_of ON sessions (user_id);
      CREATE TABLE projects (id TEXT PRIMARY KEY, name TEXT NOT NULL, created_at REAL NOT NULL) STRICT, WITHOUT ROWID;
      INSERT INTO projects (id, name, created_at) VALUES ('default', 'Default', 0);
      CREATE TABLE memberships (
        project TEXT NOT NULL REFERENCES projects (id), member TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (project, member, role)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX memberships_of ON memberships (member);
      CREATE TABLE service_accounts (id TEXT PRIMARY KEY, name TEXT NOT NULL, created_at REAL NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE api_keys (
        id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, prefix TEXT NOT NULL, name TEXT NOT NULL, owner TEXT NOT NULL,
        project TEXT NOT NULL REFERENCES projects (id), scopes TEXT NOT NULL, created_at REAL NOT NULL, used_at REAL, revoked_at REAL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE one_time_links (
        hash TEXT PRIMARY KEY, purpose TEXT NOT NULL, user_id TEXT REFERENCES users (id), expires_at REAL NOT NULL
      ) STRICT, WITHOUT ROWID;
      -- Things of other projects than the first one; see OwnedStore.
      CREATE TABLE owned (
        kind TEXT NOT NULL, id TEXT NOT NULL, project TEXT NOT NULL REFERENCES projects (id), PRIMARY KEY (kind, id, project)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: 'model calls, routing, budgets, cache',
    sql: `
      -- One row a model call: measured latency, and what was spent. It stays when its run is removed.
      CREATE TABLE model_calls (
        number INTEGER PRIMARY KEY, run TEXT NOT NULL, workflow TEXT, api_key TEXT, path TEXT NOT NULL, model TEXT NOT NULL,
        connection TEXT, kind TEXT NOT NULL, is_local INTEGER NOT NULL, started REAL NOT NULL, ms REAL NOT NULL, first_token_ms REAL,
        input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, cost REAL, currency TEXT, error TEXT
      ) STRICT;
      CREATE INDEX model_calls_by_model ON model_calls (model, number);
      CREATE INDEX model_calls_by_time ON model_calls (started);
      CREATE INDEX model_calls_by_run ON model_calls (run);

      CREATE TABLE route_decisions (
        number INTEGER PRIMARY KEY, run TEXT NOT NULL, workflow TEXT, path TEXT NOT NULL, time REAL NOT NULL, details TEXT NOT NULL
      ) STRICT;

      CREATE TABLE policies (name TEXT PRIMARY KEY, body TEXT NOT NULL, updated_at REAL NOT NULL) STRICT, WITHOUT ROWID;

      CREATE TABLE feedback (
        run TEXT NOT NULL, who TEXT NOT NULL, model TEXT NOT NULL, workflow TEXT, score REAL NOT NULL, comment TEXT, time REAL NOT NULL,
        PRIMARY KEY (run, who, model)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX feedback_by_model ON feedback (model, workflow);

      CREATE TABLE budgets (id TEXT PRIMARY KEY, body TEXT NOT NULL, updated_at REAL NOT NULL) STRICT, WITHOUT ROWID;

      -- What was spent of a budget (subject: the run or execution it counts over, else '') since the start of a period.
      CREATE TABLE budget_spend (
        budget TEXT NOT NULL, subject TEXT NOT NULL, since REAL NOT NULL, money REAL NOT NULL, tokens REAL NOT NULL, calls REAL NOT NULL,
        seconds REAL NOT NULL, updated_at REAL NOT NULL, PRIMARY KEY (budget, subject, since)
      ) STRICT, WITHOUT ROWID;

      -- What people allowed on top, by the answered ask.
      CREATE TABLE budget_grants (
        run TEXT NOT NULL, ask_id TEXT NOT NULL, budget TEXT NOT NULL, subject TEXT NOT NULL, since REAL NOT NULL, money REAL NOT NULL,
        tokens REAL NOT NULL, calls REAL NOT NULL, seconds REAL NOT NULL, is_granted INTEGER NOT NULL DEFAULT 0, who TEXT,
        PRIMARY KEY (run, ask_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX budget_grants_by_budget ON budget_grants (budget, subject, since) WHERE is_granted = 1;

      CREATE TABLE cache_entries (
        scope TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, label TEXT NOT NULL, cost REAL, currency TEXT, vector BLOB,
        stored_at REAL NOT NULL, expires_at REAL NOT NULL, PRIMARY KEY (scope, key)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX cache_entries_by_expiry ON cache_entries (expires_at);
    `,
  },
  {
    name: 'audit and emergency stops',
    sql: `
      CREATE TABLE audit (
        number INTEGER PRIMARY KEY, time REAL NOT NULL, act TEXT NOT NULL, who TEXT NOT NULL, project TEXT, subject TEXT NOT NULL,
        is_allowed INTEGER NOT NULL, details TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL
      ) STRICT;
      CREATE INDEX audit_by_subject ON audit (subject);
      CREATE TRIGGER audit_keeps BEFORE UPDATE ON audit BEGIN SELECT raise(ABORT, 'the audit record is append-only'); END;
      CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT raise(ABORT, 'the audit record is append-only'); END;

      CREATE TABLE audit_content (
        number INTEGER PRIMARY KEY, run TEXT NOT NULL, hash TEXT NOT NULL, level TEXT NOT NULL, text TEXT NOT NULL, time REAL NOT NULL,
        UNIQUE (hash, run)
      ) STRICT;
      CREATE INDEX audit_content_of ON audit_content (run);
      CREATE INDEX audit_content_by_age ON audit_content (level, time);

      CREATE TABLE stops (
        target TEXT PRIMARY KEY, reason TEXT NOT NULL, who TEXT NOT NULL, time REAL NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: 'conversations',
    sql: `
      CREATE TABLE memory_turns (
        session TEXT NOT NULL, number INTEGER NOT NULL, batch TEXT NOT NULL, message TEXT NOT NULL, label TEXT NOT NULL, time REAL NOT NULL,
        PRIMARY KEY (session, number)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE memory_batches (
        session TEXT NOT NULL, batch TEXT NOT NULL, PRIMARY KEY (session, batch)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE memory_summaries (
        session TEXT PRIMARY KEY, text TEXT NOT NULL, label TEXT NOT NULL, turns INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: 'tool servers',
    sql: `
      CREATE TABLE tool_servers (id TEXT PRIMARY KEY, body TEXT NOT NULL, updated_at REAL NOT NULL) STRICT, WITHOUT ROWID;

      -- What was seen of each tool, and what a person approved of it.
      CREATE TABLE tools (
        server TEXT NOT NULL REFERENCES tool_servers (id) ON DELETE CASCADE, tool TEXT NOT NULL, hash TEXT NOT NULL,
        definition TEXT NOT NULL, is_offered INTEGER NOT NULL, seen_at REAL NOT NULL, approved_hash TEXT, approved_definition TEXT,
        approved_by TEXT, approved_at REAL, effects TEXT, is_disabled INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (server, tool)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  doorsMigration,
  canariesMigration,
  triggersMigration,
  connectionTestsMigration,
  toolGrantsMigration,
  // Nothing new happens in an archived project until it is restored.
  { name: 'archived projects', sql: 'ALTER TABLE projects ADD COLUMN archived_at REAL;' },
  placesMigration,
  uploadsMigration,
  madeFilesMigration,
  jobWorkMigration,
  batchCodesMigration,
  grantsMigration,
  callOnlyKeysMigration,
  secretCardsMigration,
  memorySubjectsMigration,
  cacheScopesMigration,
  recordChecksumsMigration,
  trustedTimeMigration,
  retentionMarksMigration,
  clearanceMigration,
  channelsMigration,
  humanInputsMigration,
  killSwitchesMigration,
  anonymousUsersMigration,
  errorCodesMigration,
  collectionTitlesMigration,
  deletionsMigration,
  datasetsMigration,
  runExcerptsMigration,
  erasedRowsMigration,
  calibrationsMigration,
  experimentsMigration,
  replaysMigration,
  feedbackMigration,
  annotationsMigration,
  promptsMigration,
  trainingConsentsMigration,
  rollupsMigration,
  alertsMigration,
  runScoresMigration,
  abTestsMigration,
  routeTrainingsMigration,
  experimentResultsMigration,
  modelResultsMigration,
  questionsMigration,
  gatesMigration,
  monitorsMigration,
  labsMigration,
  threadsMigration,
  labComparisonsMigration,
  indexGatesMigration,
  factsMigration,
  groupsMigration,
  oauthMigration,
  proposalsMigration,
  sourcesMigration,
  promptCachesMigration,
  openAiFilesMigration,
  passageHeadersMigration,
  revisionsMigration,
  shareDaysMigration,
  budgetReservationsMigration,
  jobOwnersMigration,
  datasetWritersMigration,
  factIndexMigration,
  providerBatchesMigration,
  experimentChangesMigration,
  callQueueMigration,
  onlyJobsMigration,
  labRewritingsMigration,
  labConfusionsMigration,
  knowledgeGraphMigration,
  graphClaimsMigration,
  graphMergesMigration,
];
