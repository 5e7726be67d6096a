// Written by npm run generate from the migrations.
/** The schema of a new heddle.db: what the first migrations leave (their number is the version), with the rows that they insert. */
export const newSchema = { version: 83, sql: `CREATE TABLE workflows (
        id TEXT PRIMARY KEY, slug TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL,
        created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, document TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
CREATE TABLE jobs (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, status TEXT NOT NULL, subject TEXT NOT NULL,
        progress TEXT NOT NULL, result TEXT, error TEXT, created_at REAL NOT NULL, ended_at REAL
      , owner TEXT, lease_until REAL, only_key TEXT) STRICT;
CREATE INDEX jobs_open ON jobs (status) WHERE status IN ('queued', 'running');
CREATE TABLE bundles (hash TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE runs (
        number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, workflow_id TEXT, workflow_name TEXT NOT NULL,
        status TEXT NOT NULL, run_trigger TEXT NOT NULL, root_id TEXT NOT NULL, origin TEXT,
        accepted_at REAL NOT NULL, started_at REAL, ended_at REAL, wake_at REAL,
        input_tokens INTEGER NOT NULL DEFAULT 0, output_tokens INTEGER NOT NULL DEFAULT 0, cost REAL NOT NULL DEFAULT 0,
        error TEXT, bundle TEXT NOT NULL REFERENCES bundles (hash), acceptance TEXT NOT NULL, blobs TEXT
      , values_removed_at REAL, version INTEGER, caller TEXT, checksum INTEGER, question TEXT, answer TEXT) STRICT;
CREATE INDEX runs_by_time ON runs (accepted_at);
CREATE INDEX runs_by_workflow ON runs (workflow_id, accepted_at) WHERE workflow_id IS NOT NULL;
CREATE INDEX runs_by_status ON runs (status, accepted_at);
CREATE INDEX runs_due ON runs (wake_at) WHERE wake_at IS NOT NULL;
CREATE TABLE records (
        number INTEGER PRIMARY KEY, run INTEGER NOT NULL, seq INTEGER NOT NULL, type TEXT NOT NULL, time REAL NOT NULL,
        path TEXT, attempt INTEGER, start_seq INTEGER, start_time REAL, body TEXT, blobs TEXT
      , checksum INTEGER) STRICT;
CREATE UNIQUE INDEX records_by_run ON records (run, seq);
CREATE TABLE "human_inputs" (
        run INTEGER NOT NULL, request_id TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (run, request_id)
      ) STRICT, WITHOUT ROWID;
CREATE TABLE deltas (
        number INTEGER PRIMARY KEY, run INTEGER NOT NULL, path TEXT NOT NULL, attempt INTEGER NOT NULL, port TEXT NOT NULL,
        start INTEGER NOT NULL, text TEXT NOT NULL
      ) STRICT;
CREATE INDEX deltas_by_run ON deltas (run, path);
CREATE INDEX runs_by_bundle ON runs (bundle);
CREATE INDEX runs_by_origin ON runs (origin) WHERE origin IS NOT NULL;
CREATE TABLE removals (run INTEGER PRIMARY KEY, what TEXT NOT NULL, after INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE connections (id TEXT PRIMARY KEY, body TEXT NOT NULL, updated_at REAL NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE versions (
        workflow_id TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL, bundle TEXT NOT NULL, checksum INTEGER,
        PRIMARY KEY (workflow_id, version)
      ) STRICT;
CREATE TABLE live_versions (workflow_id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE workflow_tests (workflow_id TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE idempotency_keys (
        scope TEXT NOT NULL, key TEXT NOT NULL, request_hash TEXT NOT NULL, run_id TEXT NOT NULL, used_at REAL NOT NULL,
        PRIMARY KEY (scope, key)
      ) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (used_at);
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
CREATE TABLE projects (id TEXT PRIMARY KEY, name TEXT NOT NULL, created_at REAL NOT NULL, archived_at REAL) STRICT, WITHOUT ROWID;
CREATE TABLE memberships (
        project TEXT NOT NULL REFERENCES projects (id), member TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (project, member, role)
      ) STRICT, WITHOUT ROWID;
CREATE INDEX memberships_of ON memberships (member);
CREATE TABLE service_accounts (id TEXT PRIMARY KEY, name TEXT NOT NULL, created_at REAL NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE api_keys (
        id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, prefix TEXT NOT NULL, name TEXT NOT NULL, owner TEXT NOT NULL,
        project TEXT NOT NULL REFERENCES projects (id), scopes TEXT NOT NULL, created_at REAL NOT NULL, used_at REAL, revoked_at REAL
      , narrowed_from TEXT) STRICT, WITHOUT ROWID;
CREATE TABLE one_time_links (
        hash TEXT PRIMARY KEY, purpose TEXT NOT NULL, user_id TEXT REFERENCES users (id), expires_at REAL NOT NULL
      ) STRICT, WITHOUT ROWID;
CREATE TABLE owned (
        kind TEXT NOT NULL, id TEXT NOT NULL, project TEXT NOT NULL REFERENCES projects (id), PRIMARY KEY (kind, id, project)
      ) STRICT, WITHOUT ROWID;
CREATE TABLE model_calls (
        number INTEGER PRIMARY KEY, run TEXT NOT NULL, workflow TEXT, api_key TEXT, path TEXT NOT NULL, model TEXT NOT NULL,
        connection TEXT, kind TEXT NOT NULL, is_local INTEGER NOT NULL, started REAL NOT NULL, ms REAL NOT NULL, first_token_ms REAL,
        input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, cost REAL, currency TEXT, error TEXT
      , cached_tokens INTEGER NOT NULL DEFAULT 0, cache_write_tokens INTEGER NOT NULL DEFAULT 0, cache_saved REAL NOT NULL DEFAULT 0, is_batched INTEGER NOT NULL DEFAULT 0, batch_saved REAL NOT NULL DEFAULT 0) STRICT;
CREATE INDEX model_calls_by_model ON model_calls (model, number);
CREATE INDEX model_calls_by_time ON model_calls (started);
CREATE INDEX model_calls_by_run ON model_calls (run);
CREATE TABLE route_decisions (
        number INTEGER PRIMARY KEY, run TEXT NOT NULL, workflow TEXT, path TEXT NOT NULL, time REAL NOT NULL, details TEXT NOT NULL
      ) STRICT;
CREATE TABLE policies (name TEXT PRIMARY KEY, body TEXT NOT NULL, updated_at REAL NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE budgets (id TEXT PRIMARY KEY, body TEXT NOT NULL, updated_at REAL NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE budget_spend (
        budget TEXT NOT NULL, subject TEXT NOT NULL, since REAL NOT NULL, money REAL NOT NULL, tokens REAL NOT NULL, calls REAL NOT NULL,
        seconds REAL NOT NULL, updated_at REAL NOT NULL, PRIMARY KEY (budget, subject, since)
      ) STRICT, WITHOUT ROWID;
CREATE TABLE budget_grants (
        run TEXT NOT NULL, request_id TEXT NOT NULL, budget TEXT NOT NULL, subject TEXT NOT NULL, since REAL NOT NULL, money REAL NOT NULL,
        tokens REAL NOT NULL, calls REAL NOT NULL, seconds REAL NOT NULL, is_granted INTEGER NOT NULL DEFAULT 0, who TEXT,
        PRIMARY KEY (run, request_id)
      ) STRICT, WITHOUT ROWID;
CREATE INDEX budget_grants_by_budget ON budget_grants (budget, subject, since) WHERE is_granted = 1;
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
CREATE TABLE "kill_switches" (
        target TEXT PRIMARY KEY, reason TEXT NOT NULL, who TEXT NOT NULL, time REAL NOT NULL
      ) STRICT, WITHOUT ROWID;
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
CREATE TABLE tool_servers (id TEXT PRIMARY KEY, body TEXT NOT NULL, updated_at REAL NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE tools (
        server TEXT NOT NULL REFERENCES tool_servers (id) ON DELETE CASCADE, tool TEXT NOT NULL, hash TEXT NOT NULL,
        definition TEXT NOT NULL, is_offered INTEGER NOT NULL, seen_at REAL NOT NULL, approved_hash TEXT, approved_definition TEXT,
        approved_by TEXT, approved_at REAL, effects TEXT, is_disabled INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (server, tool)
      ) STRICT, WITHOUT ROWID;
CREATE TABLE "channels" (
      id TEXT PRIMARY KEY, kind TEXT NOT NULL, workflow_id TEXT NOT NULL, owner TEXT NOT NULL, body TEXT NOT NULL, secret BLOB,
      token_hash TEXT UNIQUE, created_at REAL NOT NULL, fired_at REAL, day REAL, day_runs INTEGER NOT NULL DEFAULT 0
    , runs_per_day INTEGER, events TEXT) STRICT, WITHOUT ROWID;
CREATE TABLE deliveries (
      number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, channel TEXT NOT NULL, run TEXT NOT NULL, event TEXT NOT NULL, request TEXT,
      status TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, created_at REAL NOT NULL, next_at REAL, ended_at REAL, error TEXT
    ) STRICT;
CREATE INDEX deliveries_due ON deliveries (next_at) WHERE status = 'waiting';
CREATE INDEX deliveries_of ON deliveries (channel, number);
CREATE TABLE batches (
      id TEXT PRIMARY KEY, workflow_id TEXT NOT NULL, owner TEXT NOT NULL, state TEXT NOT NULL, body TEXT NOT NULL, created_at REAL NOT NULL
    , spent REAL NOT NULL DEFAULT 0, reason TEXT, code TEXT) STRICT, WITHOUT ROWID;
CREATE INDEX batches_of ON batches (workflow_id, created_at);
CREATE TABLE batch_rows (
      batch TEXT NOT NULL, number INTEGER NOT NULL, inputs TEXT NOT NULL, status TEXT NOT NULL, attempt INTEGER NOT NULL, run TEXT, error TEXT, code TEXT,
      PRIMARY KEY (batch, number)
    ) STRICT, WITHOUT ROWID;
CREATE INDEX batch_rows_by_status ON batch_rows (batch, status);
CREATE INDEX batch_rows_by_run ON batch_rows (run) WHERE run IS NOT NULL;
CREATE TABLE arrivals (
      number INTEGER PRIMARY KEY, channel TEXT NOT NULL, at REAL NOT NULL, key TEXT NOT NULL, run TEXT, code TEXT, message TEXT
    ) STRICT;
CREATE INDEX arrivals_of ON arrivals (channel, number);
CREATE TABLE delivery_tries (
      number INTEGER PRIMARY KEY, delivery TEXT NOT NULL, at REAL NOT NULL, ms REAL NOT NULL, status INTEGER, response TEXT, error TEXT
    ) STRICT;
CREATE INDEX delivery_tries_of ON delivery_tries (delivery, number);
CREATE TRIGGER delivery_goes AFTER DELETE ON deliveries BEGIN
      DELETE FROM delivery_tries WHERE delivery = OLD.id;
    END;
CREATE TABLE connection_tests (
      id TEXT PRIMARY KEY REFERENCES connections (id) ON DELETE CASCADE, body TEXT NOT NULL, at REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
CREATE TABLE tool_grants (
      server TEXT PRIMARY KEY REFERENCES tool_servers (id) ON DELETE CASCADE, sealed BLOB NOT NULL, expires_at REAL, updated_at REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
CREATE TABLE sign_in_places (
      user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE, network_hash TEXT NOT NULL, seen_at REAL NOT NULL,
      PRIMARY KEY (user_id, network_hash)
    ) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_places_by_age ON sign_in_places (seen_at);
CREATE TABLE share_uploads (
      day REAL NOT NULL, share TEXT NOT NULL REFERENCES "channels" (id) ON DELETE CASCADE, anonymous_user TEXT NOT NULL, bytes REAL NOT NULL,
      PRIMARY KEY (day, share, anonymous_user)
    ) STRICT, WITHOUT ROWID;
CREATE INDEX share_uploads_of ON share_uploads (share);
CREATE TABLE made_files (name TEXT PRIMARY KEY, made_at REAL NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE job_work (
      job TEXT PRIMARY KEY REFERENCES jobs (id) ON DELETE CASCADE, work TEXT NOT NULL, starts INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID;
CREATE TABLE grants (kind TEXT NOT NULL, id TEXT NOT NULL, projects TEXT NOT NULL, PRIMARY KEY (kind, id)) STRICT, WITHOUT ROWID;
CREATE TABLE secrets (
      owner TEXT NOT NULL, name TEXT NOT NULL, card TEXT, sealed BLOB, updated_at REAL NOT NULL, PRIMARY KEY (owner, name)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE secret_hosts_learned (at REAL NOT NULL) STRICT;
CREATE TABLE conversations (
      number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, project TEXT, workflow TEXT, subject TEXT, session TEXT NOT NULL,
      turns INTEGER NOT NULL DEFAULT 0, level INTEGER NOT NULL DEFAULT 0, created_at REAL NOT NULL, updated_at REAL NOT NULL
    , title BLOB, run TEXT, is_recorded INTEGER NOT NULL DEFAULT 1) STRICT;
CREATE INDEX conversations_by_time ON conversations (updated_at, id);
CREATE TABLE conversation_keys (number INTEGER PRIMARY KEY, key BLOB NOT NULL) STRICT;
CREATE TABLE conversation_turns (
      conversation INTEGER NOT NULL, position INTEGER NOT NULL, message BLOB NOT NULL, label TEXT NOT NULL, time REAL NOT NULL, run TEXT,
      PRIMARY KEY (conversation, position)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE conversation_batches (
      conversation INTEGER NOT NULL, batch TEXT NOT NULL, PRIMARY KEY (conversation, batch)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE conversation_summaries (
      conversation INTEGER PRIMARY KEY, text BLOB NOT NULL, label TEXT NOT NULL, turns INTEGER NOT NULL
    ) STRICT;
CREATE TABLE caches (
      number INTEGER PRIMARY KEY, project TEXT NOT NULL, workflow TEXT NOT NULL, name TEXT NOT NULL, hits INTEGER NOT NULL DEFAULT 0,
      UNIQUE (project, workflow, name)
    ) STRICT;
CREATE TABLE cache_savings (
      cache INTEGER NOT NULL, currency TEXT NOT NULL, saved REAL NOT NULL, PRIMARY KEY (cache, currency)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE cache_entries (
      cache INTEGER NOT NULL, edition TEXT NOT NULL, key TEXT NOT NULL, level INTEGER NOT NULL, value TEXT NOT NULL, label TEXT NOT NULL,
      cost REAL, currency TEXT, vector BLOB, model TEXT, stored_at REAL NOT NULL, expires_at REAL NOT NULL,
      PRIMARY KEY (cache, edition, key, level)
    ) STRICT, WITHOUT ROWID;
CREATE INDEX cache_entries_by_expiry ON cache_entries (expires_at);
CREATE TABLE damages (place TEXT PRIMARY KEY, reason TEXT NOT NULL, found_at REAL NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE trusted_time (
      id INTEGER PRIMARY KEY CHECK (id = 1), time REAL NOT NULL, rights REAL NOT NULL, ahead REAL NOT NULL, agreed_ms REAL NOT NULL
    ) STRICT;
CREATE TABLE retention_marks (
      class TEXT NOT NULL, marked_at REAL NOT NULL, before REAL NOT NULL, newest INTEGER NOT NULL, PRIMARY KEY (class, marked_at)
    ) STRICT, WITHOUT ROWID;
CREATE INDEX channels_of ON channels (workflow_id, kind);
CREATE TRIGGER channels_go AFTER DELETE ON workflows BEGIN
      DELETE FROM deliveries WHERE channel IN (SELECT id FROM channels WHERE workflow_id = OLD.id);
      DELETE FROM channels WHERE workflow_id = OLD.id;
      DELETE FROM batch_rows WHERE batch IN (SELECT id FROM batches WHERE workflow_id = OLD.id);
      DELETE FROM batches WHERE workflow_id = OLD.id;
    END;
CREATE TRIGGER channel_goes AFTER DELETE ON channels BEGIN
      DELETE FROM arrivals WHERE channel = OLD.id;
    END;
CREATE TABLE collection_titles (name TEXT PRIMARY KEY, title TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE deletions (
      kind TEXT NOT NULL, within TEXT NOT NULL, id TEXT NOT NULL, slug TEXT, passages INTEGER, who TEXT NOT NULL, project TEXT,
      time REAL NOT NULL, PRIMARY KEY (kind, within, id)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE datasets (
      id TEXT PRIMARY KEY, name TEXT NOT NULL, description TEXT NOT NULL, version INTEGER NOT NULL DEFAULT 0, rows INTEGER NOT NULL DEFAULT 0,
      created_at REAL NOT NULL, updated_at REAL NOT NULL
    , writer TEXT, written_at REAL, erasures INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
CREATE TABLE dataset_versions (
      dataset TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE, version INTEGER NOT NULL, rows INTEGER NOT NULL, added INTEGER NOT NULL,
      removed INTEGER NOT NULL, who TEXT NOT NULL, note TEXT NOT NULL, created_at REAL NOT NULL, erased INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (dataset, version)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE dataset_rows (
      number INTEGER PRIMARY KEY, dataset TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE, id TEXT NOT NULL, hash TEXT NOT NULL,
      inputs_hash TEXT NOT NULL, split TEXT, body TEXT NOT NULL, added_in INTEGER NOT NULL, removed_in INTEGER, seen_in INTEGER NOT NULL
    , run TEXT) STRICT;
CREATE INDEX dataset_rows_number ON dataset_rows (dataset, number);
CREATE UNIQUE INDEX dataset_rows_id ON dataset_rows (dataset, id) WHERE removed_in IS NULL;
CREATE INDEX dataset_rows_inputs ON dataset_rows (dataset, inputs_hash);
CREATE TRIGGER run_excerpts_go AFTER UPDATE OF values_removed_at ON runs BEGIN
      UPDATE runs SET question = NULL, answer = NULL WHERE number = NEW.number;
    END;
CREATE INDEX dataset_rows_run ON dataset_rows (run) WHERE run IS NOT NULL;
CREATE TABLE dataset_runs (
      conversation TEXT NOT NULL, run TEXT NOT NULL, PRIMARY KEY (conversation, run)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE judges (
      project TEXT NOT NULL, judge TEXT NOT NULL, evaluator TEXT NOT NULL, updated_at REAL NOT NULL, PRIMARY KEY (project, judge)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE judge_pairs (
      project TEXT NOT NULL, judge TEXT NOT NULL, subject TEXT NOT NULL, who TEXT NOT NULL, judged REAL NOT NULL, person REAL NOT NULL,
      PRIMARY KEY (project, judge, subject, who),
      FOREIGN KEY (project, judge) REFERENCES judges (project, judge) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
CREATE TABLE experiments (
      id TEXT PRIMARY KEY, owner TEXT NOT NULL, project TEXT NOT NULL, state TEXT NOT NULL, body TEXT NOT NULL, budget REAL, reason TEXT, code TEXT,
      spent_runs REAL NOT NULL DEFAULT 0, spent_judges REAL NOT NULL DEFAULT 0, result TEXT, created_at REAL NOT NULL
    , saved_cost REAL NOT NULL DEFAULT 0, saved_ms REAL NOT NULL DEFAULT 0, table_changes INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
CREATE INDEX experiments_by_time ON experiments (created_at);
CREATE TABLE experiment_bundles (
      experiment TEXT NOT NULL REFERENCES experiments (id) ON DELETE CASCADE, hash TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (experiment, hash)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE experiment_rows (
      experiment TEXT NOT NULL, number INTEGER NOT NULL, id TEXT NOT NULL, tags TEXT NOT NULL, label TEXT NOT NULL, body TEXT NOT NULL,
      PRIMARY KEY (experiment, number)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE experiment_cells (
      experiment TEXT NOT NULL, number INTEGER NOT NULL, repeat INTEGER NOT NULL, variant INTEGER NOT NULL, state TEXT NOT NULL,
      attempt INTEGER NOT NULL, run TEXT, error TEXT, code TEXT, figures TEXT, evaluations TEXT, reused TEXT, PRIMARY KEY (experiment, number, repeat, variant)
    ) STRICT, WITHOUT ROWID;
CREATE INDEX experiment_cells_state ON experiment_cells (experiment, state);
CREATE INDEX experiment_cells_run ON experiment_cells (run) WHERE run IS NOT NULL;
CREATE TABLE replays (
      id TEXT PRIMARY KEY, workflow TEXT NOT NULL, who TEXT NOT NULL, state TEXT NOT NULL, body TEXT NOT NULL, result TEXT,
      created_at REAL NOT NULL, ended_at REAL
    ) STRICT, WITHOUT ROWID;
CREATE INDEX replays_workflow ON replays (workflow, created_at);
CREATE TABLE replay_rows (
      replay TEXT NOT NULL REFERENCES replays (id) ON DELETE CASCADE, number INTEGER NOT NULL, recorded TEXT NOT NULL, run TEXT,
      status TEXT NOT NULL, is_regression INTEGER NOT NULL DEFAULT 0, body TEXT, PRIMARY KEY (replay, number)
    ) STRICT, WITHOUT ROWID;
CREATE INDEX replay_rows_status ON replay_rows (replay, status, number);
CREATE TABLE run_feedback (
      number INTEGER PRIMARY KEY, run TEXT NOT NULL, message TEXT NOT NULL, who TEXT NOT NULL, project TEXT NOT NULL, workflow TEXT, subject TEXT,
      thumb TEXT, rating INTEGER, score REAL, comment TEXT, correction TEXT, label TEXT NOT NULL, created_at REAL NOT NULL, updated_at REAL NOT NULL
    ) STRICT;
CREATE UNIQUE INDEX run_feedback_of ON run_feedback (run, message, who);
CREATE INDEX run_feedback_by_workflow ON run_feedback (workflow) WHERE workflow IS NOT NULL;
CREATE INDEX run_feedback_by_who ON run_feedback (who);
CREATE INDEX run_feedback_by_subject ON run_feedback (subject) WHERE subject IS NOT NULL;
CREATE TABLE feedback_models (
      feedback INTEGER NOT NULL REFERENCES run_feedback (number) ON DELETE CASCADE, model TEXT NOT NULL, PRIMARY KEY (feedback, model)
    ) STRICT, WITHOUT ROWID;
CREATE INDEX feedback_models_by_model ON feedback_models (model);
CREATE TABLE feedback_batches (
      feedback INTEGER NOT NULL REFERENCES run_feedback (number) ON DELETE CASCADE, batch TEXT NOT NULL, PRIMARY KEY (feedback, batch)
    ) STRICT, WITHOUT ROWID;
CREATE INDEX feedback_batches_by_batch ON feedback_batches (batch);
CREATE TRIGGER feedback_goes_with_conversation AFTER DELETE ON conversation_batches BEGIN
      DELETE FROM run_feedback WHERE number IN (SELECT feedback FROM feedback_batches WHERE batch = OLD.batch);
    END;
CREATE TRIGGER feedback_texts_go_with_values AFTER UPDATE OF values_removed_at ON runs BEGIN
      UPDATE run_feedback SET comment = NULL, correction = NULL WHERE run = NEW.id;
    END;
CREATE TRIGGER feedback_person_goes_with_run AFTER DELETE ON runs BEGIN
      UPDATE run_feedback SET comment = NULL, correction = NULL, subject = NULL, who = 'removed:' || number WHERE run = OLD.id;
    END;
CREATE TABLE annotation_queues (
      id TEXT PRIMARY KEY, project TEXT NOT NULL, body TEXT NOT NULL, created_at REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
CREATE TABLE annotation_items (
      number INTEGER PRIMARY KEY, queue TEXT NOT NULL REFERENCES annotation_queues (id) ON DELETE CASCADE, run TEXT NOT NULL,
      other TEXT NOT NULL DEFAULT '', needed INTEGER NOT NULL, label TEXT NOT NULL, project TEXT NOT NULL, workflow TEXT, subject TEXT NOT NULL
    ) STRICT;
CREATE UNIQUE INDEX annotation_items_of ON annotation_items (queue, run, other);
CREATE INDEX annotation_items_by_run ON annotation_items (run);
CREATE INDEX annotation_items_by_other ON annotation_items (other) WHERE other <> '';
CREATE INDEX annotation_items_by_subject ON annotation_items (subject);
CREATE TABLE annotation_batches (
      item INTEGER NOT NULL REFERENCES annotation_items (number) ON DELETE CASCADE, batch TEXT NOT NULL, PRIMARY KEY (item, batch)
    ) STRICT, WITHOUT ROWID;
CREATE INDEX annotation_batches_by_batch ON annotation_batches (batch);
CREATE TABLE annotation_claims (
      item INTEGER NOT NULL REFERENCES annotation_items (number) ON DELETE CASCADE, who TEXT NOT NULL, until REAL NOT NULL, PRIMARY KEY (item, who)
    ) STRICT, WITHOUT ROWID;
CREATE INDEX annotation_claims_by_who ON annotation_claims (who);
CREATE TABLE annotations (
      item INTEGER NOT NULL REFERENCES annotation_items (number) ON DELETE CASCADE, who TEXT NOT NULL, body TEXT NOT NULL,
      is_skipped INTEGER NOT NULL, time REAL NOT NULL, PRIMARY KEY (item, who)
    ) STRICT, WITHOUT ROWID;
CREATE INDEX annotations_by_who ON annotations (who);
CREATE TRIGGER annotation_texts_go_with_values AFTER UPDATE OF values_removed_at ON runs BEGIN
      UPDATE annotations SET body = json_remove(body, '\$.text', '\$.correction')
        WHERE item IN (SELECT number FROM annotation_items WHERE run = NEW.id OR other = NEW.id);
    END;
CREATE TRIGGER annotation_items_go_with_run AFTER DELETE ON runs BEGIN
      DELETE FROM annotation_items WHERE run = OLD.id;
      DELETE FROM annotation_items WHERE other = OLD.id;
    END;
CREATE TRIGGER annotation_items_go_with_conversation AFTER DELETE ON conversation_batches BEGIN
      DELETE FROM annotation_items WHERE number IN (SELECT item FROM annotation_batches WHERE batch = OLD.batch);
    END;
CREATE TABLE prompts (
      id TEXT PRIMARY KEY, project TEXT NOT NULL, name TEXT NOT NULL, title TEXT NOT NULL, kind TEXT NOT NULL, owners TEXT NOT NULL,
      version INTEGER NOT NULL, created_at REAL NOT NULL, updated_at REAL NOT NULL, UNIQUE (project, name)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE prompt_versions (
      prompt TEXT NOT NULL REFERENCES prompts (id) ON DELETE CASCADE, version INTEGER NOT NULL, hash TEXT NOT NULL, content TEXT NOT NULL,
      note TEXT NOT NULL, who TEXT NOT NULL, created_at REAL NOT NULL, PRIMARY KEY (prompt, version)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE prompt_labels (
      prompt TEXT NOT NULL REFERENCES prompts (id) ON DELETE CASCADE, label TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (prompt, label)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE training_consents (subject TEXT PRIMARY KEY, since REAL NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE rollup_queue (run INTEGER PRIMARY KEY) STRICT;
CREATE TABLE rollup_backlog (run INTEGER PRIMARY KEY) STRICT;
CREATE TRIGGER rollup_run_ends AFTER UPDATE OF ended_at ON runs WHEN NEW.ended_at IS NOT NULL AND OLD.ended_at IS NULL BEGIN
      INSERT OR IGNORE INTO rollup_queue VALUES (NEW.number);
    END;
CREATE TRIGGER rollup_run_goes AFTER DELETE ON runs BEGIN
      DELETE FROM rollup_queue WHERE run = OLD.number;
      DELETE FROM rollup_backlog WHERE run = OLD.number;
    END;
CREATE TABLE rollup_marks (name TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE rollup_groups (
      id INTEGER PRIMARY KEY, project TEXT NOT NULL, workflow TEXT NOT NULL, version INTEGER NOT NULL, key TEXT NOT NULL,
      channel TEXT NOT NULL, UNIQUE (project, workflow, version, key, channel)
    ) STRICT;
CREATE TABLE rollup_runs (
      unit INTEGER NOT NULL, start INTEGER NOT NULL, grp INTEGER NOT NULL, model TEXT NOT NULL, status TEXT NOT NULL, code TEXT NOT NULL,
      runs INTEGER NOT NULL, durations BLOB NOT NULL, PRIMARY KEY (unit, start, grp, model, status, code)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE rollup_calls (
      unit INTEGER NOT NULL, start INTEGER NOT NULL, grp INTEGER NOT NULL, model TEXT NOT NULL, currency TEXT NOT NULL,
      calls INTEGER NOT NULL, failed INTEGER NOT NULL, input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, cost REAL NOT NULL,
      first_tokens BLOB NOT NULL, PRIMARY KEY (unit, start, grp, model, currency)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE rollup_savings (
      unit INTEGER NOT NULL, start INTEGER NOT NULL, grp INTEGER NOT NULL, model TEXT NOT NULL, source TEXT NOT NULL, currency TEXT NOT NULL,
      money REAL NOT NULL, PRIMARY KEY (unit, start, grp, model, source, currency)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE rollup_causes (
      unit INTEGER NOT NULL, start INTEGER NOT NULL, grp INTEGER NOT NULL, model TEXT NOT NULL, cause TEXT NOT NULL, code TEXT NOT NULL,
      node TEXT NOT NULL, runs INTEGER NOT NULL, last_run TEXT NOT NULL, last_at REAL NOT NULL,
      PRIMARY KEY (unit, start, grp, model, cause)
    ) STRICT, WITHOUT ROWID;
CREATE INDEX run_feedback_by_time ON run_feedback (updated_at);
CREATE TABLE alerts (
      id TEXT PRIMARY KEY, project TEXT NOT NULL, owner TEXT NOT NULL, rule TEXT NOT NULL, state TEXT NOT NULL, silent_until REAL,
      created_at REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
CREATE TABLE alert_channels (
      id TEXT PRIMARY KEY, project TEXT NOT NULL, owner TEXT NOT NULL, config TEXT NOT NULL, secret BLOB, created_at REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
CREATE TABLE alert_events (
      number INTEGER PRIMARY KEY, alert TEXT NOT NULL, at REAL NOT NULL, kind TEXT NOT NULL, value REAL, text TEXT NOT NULL,
      runs TEXT NOT NULL, is_silenced INTEGER NOT NULL
    ) STRICT;
CREATE INDEX alert_events_of ON alert_events (alert, number);
CREATE TABLE alert_deliveries (
      number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, event INTEGER NOT NULL, alert TEXT NOT NULL, channel TEXT NOT NULL,
      kind TEXT NOT NULL, message TEXT NOT NULL, status TEXT NOT NULL, attempts INTEGER NOT NULL, due_at REAL, error TEXT, ended_at REAL
    ) STRICT;
CREATE INDEX alert_deliveries_due ON alert_deliveries (due_at) WHERE status = 'waiting';
CREATE INDEX alert_deliveries_of ON alert_deliveries (event);
CREATE INDEX alert_deliveries_by_channel ON alert_deliveries (channel, number);
CREATE TABLE run_scores (
      number INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, monitor TEXT NOT NULL, metric TEXT NOT NULL, project TEXT NOT NULL,
      workflow TEXT NOT NULL, version INTEGER, value REAL, is_passed INTEGER, explanation TEXT NOT NULL, error TEXT, cost REAL NOT NULL,
      tokens INTEGER NOT NULL, label TEXT NOT NULL, judged_at REAL NOT NULL
    ) STRICT;
CREATE UNIQUE INDEX run_scores_of ON run_scores (run, monitor, metric);
CREATE INDEX run_scores_by_workflow ON run_scores (workflow, number);
CREATE INDEX run_scores_by_time ON run_scores (workflow, judged_at, version, metric, monitor, value, is_passed, cost);
CREATE TABLE run_score_batches (batch TEXT NOT NULL, run TEXT NOT NULL, PRIMARY KEY (batch, run)) STRICT, WITHOUT ROWID;
CREATE INDEX run_score_batches_of ON run_score_batches (run);
CREATE TRIGGER run_scores_go_with_values AFTER UPDATE OF values_removed_at ON runs WHEN NEW.values_removed_at IS NOT NULL BEGIN
      DELETE FROM run_scores WHERE run = NEW.id;
    END;
CREATE TRIGGER run_scores_go_with_run AFTER DELETE ON runs BEGIN
      DELETE FROM run_scores WHERE run = OLD.id;
    END;
CREATE TABLE ab_tests (
      number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, workflow_id TEXT NOT NULL, body TEXT NOT NULL, ended_at REAL
    ) STRICT;
CREATE INDEX ab_tests_by_workflow ON ab_tests (workflow_id, number);
CREATE UNIQUE INDEX ab_tests_running ON ab_tests (workflow_id) WHERE ended_at IS NULL;
CREATE TABLE ab_runs (run TEXT PRIMARY KEY, test INTEGER NOT NULL, version INTEGER NOT NULL, unit TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX ab_runs_by_test ON ab_runs (test);
CREATE TABLE ab_queue (number INTEGER PRIMARY KEY, run TEXT NOT NULL, metric TEXT NOT NULL, value REAL) STRICT;
CREATE TABLE ab_seen (id INTEGER PRIMARY KEY, test INTEGER NOT NULL, metric TEXT NOT NULL, what TEXT NOT NULL) STRICT;
CREATE UNIQUE INDEX ab_seen_of ON ab_seen (test, metric, what);
CREATE TABLE ab_figures (
      test INTEGER NOT NULL, version INTEGER NOT NULL, metric TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (test, version, metric)
    ) STRICT, WITHOUT ROWID;
CREATE TRIGGER ab_counts_feedback AFTER INSERT ON run_feedback WHEN NEW.score IS NOT NULL BEGIN
      INSERT INTO ab_queue (run, metric, value) SELECT run, 'feedback', NEW.score FROM ab_runs WHERE run = NEW.run;
    END;
CREATE TRIGGER ab_counts_later_feedback AFTER UPDATE OF score ON run_feedback WHEN NEW.score IS NOT NULL AND OLD.score IS NULL BEGIN
      INSERT INTO ab_queue (run, metric, value) SELECT run, 'feedback', NEW.score FROM ab_runs WHERE run = NEW.run;
    END;
CREATE TRIGGER ab_counts_scores AFTER INSERT ON run_scores BEGIN
      INSERT INTO ab_queue (run, metric, value) SELECT run, 'score:' || NEW.metric, NEW.value FROM ab_runs WHERE run = NEW.run;
    END;
CREATE TRIGGER ab_runs_go AFTER DELETE ON runs BEGIN
      DELETE FROM ab_runs WHERE run = OLD.id;
    END;
CREATE TRIGGER ab_tests_go AFTER DELETE ON workflows BEGIN
      DELETE FROM ab_figures WHERE test IN (SELECT number FROM ab_tests WHERE workflow_id = OLD.id);
      DELETE FROM ab_seen WHERE test IN (SELECT number FROM ab_tests WHERE workflow_id = OLD.id);
      DELETE FROM ab_runs WHERE test IN (SELECT number FROM ab_tests WHERE workflow_id = OLD.id);
      DELETE FROM ab_tests WHERE workflow_id = OLD.id;
    END;
CREATE TABLE route_trainings (
      id TEXT PRIMARY KEY, experiment TEXT NOT NULL REFERENCES experiments (id) ON DELETE CASCADE, owner TEXT NOT NULL, status TEXT NOT NULL,
      request TEXT NOT NULL, rows INTEGER NOT NULL DEFAULT 0, error TEXT, code TEXT, result TEXT, created_at REAL NOT NULL, ended_at REAL
    ) STRICT, WITHOUT ROWID;
CREATE INDEX route_trainings_by_experiment ON route_trainings (experiment, created_at);
CREATE TABLE route_verdicts (
      training TEXT NOT NULL REFERENCES route_trainings (id) ON DELETE CASCADE, row INTEGER NOT NULL, loss REAL, cost REAL NOT NULL,
      PRIMARY KEY (training, row)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE experiment_results (
      number INTEGER PRIMARY KEY, project TEXT NOT NULL, scope TEXT NOT NULL, hash TEXT NOT NULL, experiment TEXT NOT NULL, run TEXT NOT NULL,
      outputs TEXT NOT NULL, saved TEXT NOT NULL, bytes INTEGER NOT NULL, stored_at REAL NOT NULL, UNIQUE (project, scope, hash)
    ) STRICT;
CREATE INDEX experiment_results_experiment ON experiment_results (experiment);
CREATE INDEX experiment_results_run ON experiment_results (run);
CREATE TRIGGER experiment_results_go_with_values AFTER UPDATE OF values_removed_at ON runs BEGIN
      DELETE FROM experiment_results WHERE run = new.id;
    END;
CREATE TRIGGER experiment_results_go_with_runs AFTER DELETE ON runs BEGIN
      DELETE FROM experiment_results WHERE run = old.id;
    END;
CREATE TRIGGER experiment_results_go_with_experiments AFTER DELETE ON experiments BEGIN
      DELETE FROM experiment_results WHERE experiment = old.id;
    END;
CREATE TRIGGER experiment_results_go_with_rows BEFORE DELETE ON experiment_rows BEGIN
      DELETE FROM experiment_results WHERE run IN (
        SELECT run FROM experiment_cells WHERE experiment = old.experiment AND number = old.number AND run IS NOT NULL);
    END;
CREATE TABLE model_results (
      model TEXT NOT NULL, measured_at REAL NOT NULL, experiment TEXT NOT NULL, variant TEXT NOT NULL, metric TEXT NOT NULL, body TEXT NOT NULL,
      PRIMARY KEY (model, measured_at, experiment, variant, metric)
    ) STRICT, WITHOUT ROWID;
CREATE INDEX model_results_experiment ON model_results (experiment);
CREATE TRIGGER model_results_go_with_experiments AFTER DELETE ON experiments BEGIN
      DELETE FROM model_results WHERE experiment = old.id;
    END;
CREATE TRIGGER model_results_are_hidden_with_experiments AFTER UPDATE OF state ON experiments WHEN new.state = 'unfinished' BEGIN
      DELETE FROM model_results WHERE experiment = new.id;
    END;
CREATE TABLE question_jobs (
      id TEXT PRIMARY KEY, dataset TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE, owner TEXT NOT NULL, project TEXT NOT NULL,
      body TEXT NOT NULL, report TEXT NOT NULL, is_planned INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID;
CREATE TABLE question_attempts (
      job TEXT NOT NULL REFERENCES question_jobs (id) ON DELETE CASCADE, number INTEGER NOT NULL, body TEXT NOT NULL,
      is_settled INTEGER NOT NULL DEFAULT 0, row TEXT, PRIMARY KEY (job, number)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE gates (
      project TEXT PRIMARY KEY, rules TEXT NOT NULL, revision INTEGER NOT NULL, changed_at REAL NOT NULL, changed_by TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
CREATE TABLE gate_checks (
      number INTEGER PRIMARY KEY, workflow TEXT NOT NULL, work TEXT NOT NULL, hash TEXT NOT NULL, basis TEXT NOT NULL,
      reference TEXT NOT NULL, result TEXT, created_at REAL NOT NULL
    ) STRICT;
CREATE INDEX gate_checks_of ON gate_checks (workflow, work, number);
CREATE TABLE once_live (
      workflow_id TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (workflow_id, version)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE monitors (
      id TEXT PRIMARY KEY, project TEXT NOT NULL, workflow TEXT NOT NULL, owner TEXT NOT NULL, setup TEXT NOT NULL, metrics TEXT NOT NULL,
      is_paused INTEGER NOT NULL DEFAULT 0, reason TEXT, last_error TEXT, drift TEXT NOT NULL, created_at REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
CREATE INDEX monitors_by_workflow ON monitors (workflow, is_paused);
CREATE TABLE monitor_queue (run INTEGER PRIMARY KEY) STRICT;
CREATE TABLE monitor_runs (
      number INTEGER PRIMARY KEY AUTOINCREMENT, monitor TEXT NOT NULL REFERENCES monitors (id) ON DELETE CASCADE, run INTEGER NOT NULL,
      -- Set before a run leaves because it was judged: what leaves without it was removed.
      is_over INTEGER NOT NULL DEFAULT 0
    ) STRICT;
CREATE UNIQUE INDEX monitor_runs_of ON monitor_runs (run, monitor);
CREATE INDEX monitor_runs_waiting ON monitor_runs (monitor, number);
CREATE TABLE monitor_counts (
      monitor TEXT NOT NULL REFERENCES monitors (id) ON DELETE CASCADE, outcome TEXT NOT NULL, runs INTEGER NOT NULL,
      PRIMARY KEY (monitor, outcome)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE monitor_days (
      monitor TEXT NOT NULL REFERENCES monitors (id) ON DELETE CASCADE, day INTEGER NOT NULL, runs INTEGER NOT NULL, cost REAL NOT NULL,
      is_spent INTEGER NOT NULL, PRIMARY KEY (monitor, day)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE monitor_samples (
      number INTEGER PRIMARY KEY AUTOINCREMENT, monitor TEXT NOT NULL REFERENCES monitors (id) ON DELETE CASCADE, run TEXT NOT NULL,
      is_reference INTEGER NOT NULL, label TEXT NOT NULL, body TEXT NOT NULL, vector BLOB
    ) STRICT;
CREATE UNIQUE INDEX monitor_samples_of ON monitor_samples (run, monitor);
CREATE INDEX monitor_samples_by_monitor ON monitor_samples (monitor, is_reference, number);
CREATE TRIGGER monitor_run_ends AFTER UPDATE OF ended_at ON runs
    WHEN NEW.ended_at IS NOT NULL AND OLD.ended_at IS NULL AND NEW.run_trigger NOT IN ('test', 'replay')
      AND EXISTS (SELECT 1 FROM monitors WHERE workflow = NEW.workflow_id AND is_paused = 0)
    BEGIN
      INSERT OR IGNORE INTO monitor_queue VALUES (NEW.number);
    END;
CREATE TRIGGER monitor_values_go AFTER UPDATE OF values_removed_at ON runs WHEN NEW.values_removed_at IS NOT NULL BEGIN
      DELETE FROM monitor_samples WHERE run = NEW.id;
      DELETE FROM monitor_runs WHERE run = NEW.number;
    END;
CREATE TRIGGER monitor_run_goes AFTER DELETE ON runs BEGIN
      DELETE FROM monitor_queue WHERE run = OLD.number;
      DELETE FROM monitor_samples WHERE run = OLD.id;
      DELETE FROM monitor_runs WHERE run = OLD.number;
    END;
CREATE TRIGGER monitor_run_removed AFTER DELETE ON monitor_runs
    WHEN OLD.is_over = 0 AND EXISTS (SELECT 1 FROM monitors WHERE id = OLD.monitor)
    BEGIN
      INSERT INTO monitor_counts (monitor, outcome, runs) VALUES (OLD.monitor, 'skipped:removed', 1)
        ON CONFLICT (monitor, outcome) DO UPDATE SET runs = runs + 1;
    END;
CREATE TRIGGER monitors_go_with_workflow AFTER DELETE ON workflows BEGIN
      DELETE FROM owned WHERE kind = 'monitor' AND id IN (SELECT id FROM monitors WHERE workflow = OLD.id);
      DELETE FROM monitors WHERE workflow = OLD.id;
    END;
CREATE TRIGGER run_score_batches_go AFTER DELETE ON run_scores BEGIN
      DELETE FROM run_score_batches WHERE run = OLD.run AND NOT EXISTS (SELECT 1 FROM run_scores WHERE run = OLD.run)
        AND NOT EXISTS (SELECT 1 FROM monitor_samples WHERE run = OLD.run);
    END;
CREATE TRIGGER monitor_sample_batches_go AFTER DELETE ON monitor_samples BEGIN
      DELETE FROM run_score_batches WHERE run = OLD.run AND NOT EXISTS (SELECT 1 FROM run_scores WHERE run = OLD.run)
        AND NOT EXISTS (SELECT 1 FROM monitor_samples WHERE run = OLD.run);
    END;
CREATE TRIGGER run_scores_go_with_conversation AFTER DELETE ON conversation_batches BEGIN
      DELETE FROM monitor_samples WHERE run IN (SELECT run FROM run_score_batches WHERE batch = OLD.batch);
      DELETE FROM run_scores WHERE run IN (SELECT run FROM run_score_batches WHERE batch = OLD.batch);
    END;
CREATE TABLE labs (
      id TEXT PRIMARY KEY, dataset TEXT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE, version INTEGER NOT NULL, project TEXT NOT NULL,
      owner TEXT NOT NULL, request TEXT NOT NULL, job TEXT NOT NULL DEFAULT '', questions INTEGER NOT NULL, skipped INTEGER NOT NULL,
      best TEXT, created_at REAL NOT NULL
    , comparisons TEXT) STRICT, WITHOUT ROWID;
CREATE INDEX labs_by_dataset ON labs (dataset, created_at);
CREATE TABLE lab_configurations (
      lab TEXT NOT NULL REFERENCES labs (id) ON DELETE CASCADE, number INTEGER NOT NULL, body TEXT NOT NULL,
      status TEXT NOT NULL DEFAULT 'waiting', questions INTEGER NOT NULL DEFAULT 0, ndcg REAL, recall REAL, mrr REAL, search_ms REAL,
      passages INTEGER, index_ms REAL, confusions REAL, confusable INTEGER, PRIMARY KEY (lab, number)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE lab_answers (
      lab TEXT NOT NULL, configuration INTEGER NOT NULL, row TEXT NOT NULL, ndcg REAL NOT NULL, recall REAL NOT NULL, mrr REAL NOT NULL,
      ms REAL NOT NULL, confusion REAL, PRIMARY KEY (lab, configuration, row),
      FOREIGN KEY (lab, configuration) REFERENCES lab_configurations (lab, number) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
CREATE INDEX conversations_of ON conversations (project, subject, updated_at, id);
CREATE INDEX labs_by_project ON labs (project, created_at);
CREATE TABLE index_gates (collection TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE facts (
      number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, project TEXT NOT NULL, workflow TEXT NOT NULL, subject TEXT NOT NULL,
      content BLOB NOT NULL, model TEXT, vector BLOB, label TEXT NOT NULL, level INTEGER NOT NULL, run TEXT, thread TEXT,
      created_at REAL NOT NULL, updated_at REAL NOT NULL, expires_at REAL
    ) STRICT;
CREATE INDEX facts_by_time ON facts (updated_at, id);
CREATE INDEX facts_by_end ON facts (expires_at) WHERE expires_at IS NOT NULL;
CREATE TABLE fact_keys (number INTEGER PRIMARY KEY, key BLOB NOT NULL) STRICT;
CREATE TABLE fact_batches (batch TEXT PRIMARY KEY, time REAL NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE retention_rules (
      project TEXT NOT NULL, subject_kind TEXT NOT NULL, level INTEGER NOT NULL, days INTEGER NOT NULL,
      PRIMARY KEY (project, subject_kind, level)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE groups (
      id TEXT PRIMARY KEY, name TEXT NOT NULL, name_key TEXT NOT NULL UNIQUE, created_at REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
CREATE TABLE group_members (
      member TEXT NOT NULL, group_id TEXT NOT NULL REFERENCES groups (id) ON DELETE CASCADE, PRIMARY KEY (member, group_id)
    ) STRICT, WITHOUT ROWID;
CREATE INDEX group_members_of ON group_members (group_id);
CREATE TABLE claimed_groups (
      user_id TEXT NOT NULL, issuer TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (user_id, issuer, name)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE oauth_clients (
      id TEXT PRIMARY KEY, body TEXT NOT NULL, created_at REAL NOT NULL, used_at REAL
    ) STRICT, WITHOUT ROWID;
CREATE TABLE oauth_tokens (
      hash TEXT PRIMARY KEY, kind TEXT NOT NULL, key_id TEXT NOT NULL, client TEXT NOT NULL, expires_at REAL NOT NULL, used_at REAL
    ) STRICT, WITHOUT ROWID;
CREATE INDEX oauth_tokens_by_key ON oauth_tokens (key_id);
CREATE TABLE proposals (
      number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, project TEXT NOT NULL, kind TEXT NOT NULL, workflow TEXT, state TEXT NOT NULL,
      author TEXT NOT NULL, author_name TEXT NOT NULL, run TEXT, made_at REAL NOT NULL, decided_by TEXT, decided_at REAL, version INTEGER,
      body TEXT NOT NULL
    ) STRICT;
CREATE INDEX proposals_of ON proposals (project, state, number);
CREATE INDEX proposals_of_workflow ON proposals (workflow, number);
CREATE TRIGGER proposals_go AFTER DELETE ON workflows BEGIN
      DELETE FROM proposals WHERE workflow = OLD.id;
    END;
CREATE TABLE sources (
      collection TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, cursor TEXT, listing INTEGER NOT NULL DEFAULT 0,
      is_listing INTEGER NOT NULL DEFAULT 0, revision INTEGER NOT NULL DEFAULT 1, fired_at REAL, synced_at REAL, changed_at REAL, counts TEXT, error TEXT,
      PRIMARY KEY (collection, id)
    ) STRICT;
CREATE TABLE source_documents (
      collection TEXT NOT NULL, source TEXT NOT NULL, id TEXT NOT NULL, mark TEXT, etag TEXT, url TEXT, note TEXT,
      listing INTEGER NOT NULL, error_code TEXT, error_message TEXT, error_at REAL, PRIMARY KEY (collection, source, id)
    ) STRICT, WITHOUT ROWID;
CREATE INDEX source_documents_by_listing ON source_documents (collection, source, listing);
CREATE INDEX source_documents_failed ON source_documents (collection, source, id) WHERE error_code IS NOT NULL;
CREATE TABLE openai_files (
      id TEXT PRIMARY KEY, project TEXT NOT NULL, owner TEXT NOT NULL, purpose TEXT NOT NULL, name TEXT NOT NULL,
      bytes INTEGER NOT NULL, blob TEXT NOT NULL, created_at REAL NOT NULL, expires_at REAL NOT NULL
    ) STRICT;
CREATE INDEX openai_files_of_owner ON openai_files (owner, project, created_at);
CREATE INDEX openai_files_by_expiry ON openai_files (expires_at);
CREATE TABLE openai_batches (
      id TEXT PRIMARY KEY, project TEXT NOT NULL, owner TEXT NOT NULL, workflow TEXT NOT NULL, batch TEXT NOT NULL UNIQUE,
      body TEXT NOT NULL, input TEXT NOT NULL, created_at REAL NOT NULL, cancelled_at REAL, ended_at REAL, output_file TEXT,
      error_file TEXT
    ) STRICT;
CREATE INDEX openai_batches_of_owner ON openai_batches (owner, project, created_at);
CREATE TABLE passage_headers (
      collection TEXT NOT NULL, document TEXT NOT NULL, key BLOB NOT NULL, hash TEXT NOT NULL, text TEXT NOT NULL,
      PRIMARY KEY (collection, document, key)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE revisions (topic TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE budget_reservations (
      id TEXT NOT NULL, budget TEXT NOT NULL, subject TEXT NOT NULL, since REAL NOT NULL, money REAL NOT NULL, tokens REAL NOT NULL,
      calls REAL NOT NULL, seconds REAL NOT NULL, expires_at REAL NOT NULL, PRIMARY KEY (id, budget)
    ) STRICT, WITHOUT ROWID;
CREATE INDEX budget_reservations_of ON budget_reservations (budget, subject, since);
CREATE INDEX facts_of ON facts (project, subject, workflow, updated_at, model, level, expires_at, id, label, created_at);
CREATE TABLE provider_batches (
      id TEXT PRIMARY KEY, connection TEXT NOT NULL, model TEXT NOT NULL, endpoint TEXT NOT NULL, state TEXT NOT NULL,
      provider_id TEXT, calls INTEGER NOT NULL, created_at REAL NOT NULL, submitted_at REAL, next_at REAL NOT NULL,
      tries INTEGER NOT NULL, has_begun INTEGER NOT NULL, problem TEXT
    ) STRICT;
CREATE INDEX provider_batches_open ON provider_batches (state, next_at);
CREATE TABLE provider_batch_calls (
      number INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, key TEXT NOT NULL, path TEXT NOT NULL, failures INTEGER NOT NULL,
      workflow TEXT, owner TEXT NOT NULL, connection TEXT NOT NULL, model TEXT NOT NULL, endpoint TEXT NOT NULL, level TEXT NOT NULL,
      falls_back INTEGER NOT NULL, input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, most REAL NOT NULL, body TEXT NOT NULL,
      state TEXT NOT NULL, tries INTEGER NOT NULL, batch TEXT, provider_id TEXT, answer TEXT, problem TEXT, created_at REAL NOT NULL,
      is_settled INTEGER NOT NULL, UNIQUE (run, key)
    ) STRICT;
CREATE INDEX provider_batch_calls_by_state ON provider_batch_calls (state, connection, model, endpoint);
CREATE INDEX provider_batch_calls_of_batch ON provider_batch_calls (batch, state);
CREATE INDEX provider_batch_calls_of_owner ON provider_batch_calls (owner, state);
CREATE TABLE rollup_call_queue (number INTEGER PRIMARY KEY) STRICT;
CREATE TRIGGER rollup_call_ends AFTER INSERT ON model_calls BEGIN
      INSERT INTO rollup_call_queue VALUES (NEW.number);
    END;
CREATE UNIQUE INDEX jobs_only ON jobs (only_key) WHERE only_key IS NOT NULL AND status IN ('queued', 'running');
CREATE TABLE lab_rewritings (
      lab TEXT NOT NULL REFERENCES labs (id) ON DELETE CASCADE, kind TEXT NOT NULL, model TEXT NOT NULL, row TEXT NOT NULL, queries TEXT NOT NULL,
      ms REAL NOT NULL, cost REAL, currency TEXT, PRIMARY KEY (lab, kind, model, row)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE graphs (collection TEXT PRIMARY KEY, changes INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE graph_documents (
      collection TEXT NOT NULL, document TEXT NOT NULL, key TEXT NOT NULL, relations INTEGER NOT NULL, error_code TEXT, error_message TEXT,
      PRIMARY KEY (collection, document)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE graph_entities (
      collection TEXT NOT NULL, entity TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, passages INTEGER NOT NULL, documents INTEGER NOT NULL,
      PRIMARY KEY (collection, entity)
    ) STRICT, WITHOUT ROWID;
CREATE INDEX graph_entities_by_passages ON graph_entities (collection, passages DESC, entity);
CREATE TABLE graph_mentions (
      collection TEXT NOT NULL, entity TEXT NOT NULL, document TEXT NOT NULL, passage TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,
      PRIMARY KEY (document, collection, passage, entity)
    ) STRICT, WITHOUT ROWID;
CREATE INDEX graph_mentions_by_entity ON graph_mentions (entity, collection, document, passage);
CREATE TABLE graph_relations (
      collection TEXT NOT NULL, document TEXT NOT NULL, number INTEGER NOT NULL, source TEXT NOT NULL, target TEXT NOT NULL, text TEXT NOT NULL,
      passage TEXT NOT NULL, PRIMARY KEY (document, collection, number)
    ) STRICT, WITHOUT ROWID;
CREATE INDEX graph_relations_by_source ON graph_relations (source, collection, document, number);
CREATE INDEX graph_relations_by_target ON graph_relations (target, collection, document, number);
CREATE TABLE graph_claims (
      collection TEXT NOT NULL, document TEXT NOT NULL, holder TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (collection, document)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE graph_passages (
      collection TEXT NOT NULL, document TEXT NOT NULL, number INTEGER NOT NULL, key TEXT NOT NULL, passage TEXT NOT NULL, found TEXT NOT NULL,
      PRIMARY KEY (collection, document, number)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE graph_merges (
      collection TEXT NOT NULL, entity TEXT NOT NULL, target TEXT NOT NULL, PRIMARY KEY (collection, entity)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE graph_apart (
      collection TEXT NOT NULL, one TEXT NOT NULL, other TEXT NOT NULL, PRIMARY KEY (collection, one, other)
    ) STRICT, WITHOUT ROWID;
INSERT INTO "projects" ("id", "name", "created_at", "archived_at") VALUES ('default', 'Default', 0.0, NULL);
INSERT INTO "rollup_marks" ("name", "number") VALUES ('calls-before', 0);
` };
