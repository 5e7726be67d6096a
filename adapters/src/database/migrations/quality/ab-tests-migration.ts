import type { Migration } from '../migration.js';

/**
 * A/B tests and their figures. A canary becomes a test with two arms and guards. Its callers keep their version, because the salt is the
 * value that was hashed before, and the canary's share is the first slice.
 */
export const abTestsMigration: Migration = {
  name: 'A/B tests',
  sql: `
    CREATE TABLE ab_tests (
      number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, workflow_id TEXT NOT NULL, body TEXT NOT NULL, ended_at REAL
    ) STRICT;
    CREATE INDEX ab_tests_by_workflow ON ab_tests (workflow_id, number);
    CREATE UNIQUE INDEX ab_tests_running ON ab_tests (workflow_id) WHERE ended_at IS NULL;

    -- The arm of a run is its version. It stays as long as the run.
    CREATE TABLE ab_runs (run TEXT PRIMARY KEY, test INTEGER NOT NULL, version INTEGER NOT NULL, unit TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE INDEX ab_runs_by_test ON ab_runs (test);
    -- What waits to be counted: the end of a run, or a value of it. It holds numbers only.
    CREATE TABLE ab_queue (number INTEGER PRIMARY KEY, run TEXT NOT NULL, metric TEXT NOT NULL, value REAL) STRICT;
    -- Callers that a metric has counted ('u' and the unit), and runs whose feedback and scores it has ('r' and the run), while the test goes on.
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

    CREATE TEMP TABLE earlier_canaries AS SELECT
      workflow_id, 'ab_' || lower(hex(randomblob(8))) AS id, json_extract(body, '$.version') AS control,
      json_extract(body, '$.canary.version') AS version, min(1, max(0, json_extract(body, '$.canary.share'))) AS share,
      CAST(round(10000 * min(1, max(0, json_extract(body, '$.canary.share')))) AS INTEGER) AS steps,
      coalesce(json_extract(body, '$.canary.maxErrorRate'), 0.1) AS errors, json_extract(body, '$.canary.maxMeanMs') AS ms,
      coalesce(json_extract(body, '$.canary.minRuns'), 20) AS fewest
      FROM live_versions WHERE json_extract(body, '$.canary.version') IS NOT NULL;
    INSERT INTO ab_tests (id, workflow_id, body) SELECT id, workflow_id, json_object(
      'id', id, 'kind', 'canary', 'workflowId', workflow_id, 'revision', 1, 'note', '', 'control', control,
      'arms', json_array(json_object('version', control, 'share', (10000 - steps) / 10000.0), json_object('version', version, 'share', steps / 10000.0)),
      'sticky', 'caller', 'minRuns', fewest, 'promote', 'person', 'startedAt', 0, 'startedBy', 'heddle', 'rollbacks', json_array(),
      'guards', CASE WHEN ms IS NULL
        THEN json_array(json_object('metric', json_object('name', 'errors'), 'against', 'limit', 'value', errors))
        ELSE json_array(json_object('metric', json_object('name', 'errors'), 'against', 'limit', 'value', errors),
          json_object('metric', json_object('name', 'ms'), 'against', 'limit', 'value', ms)) END)
      FROM earlier_canaries;
    INSERT INTO ab_figures (test, version, metric, body) SELECT tests.number, canaries.version, 'errors', json_object('missing', 0,
      'every', json_object('kind', 'check', 'counts', json_object('successes', canaries.failed, 'rows', canaries.runs)),
      'first', json_object('kind', 'check', 'counts', json_object('successes', 0, 'rows', 0)))
      FROM canaries JOIN ab_tests AS tests ON tests.workflow_id = canaries.workflow_id;
    UPDATE live_versions SET body = (SELECT json_object('version', control, 'test', json_object(
      'id', id, 'kind', 'canary', 'sticky', 'caller', 'salt', workflow_id || ' ' || version,
      'slices', CASE steps
        WHEN 0 THEN json_array(json_object('version', control, 'until', 10000))
        WHEN 10000 THEN json_array(json_object('version', version, 'until', 10000))
        ELSE json_array(json_object('version', version, 'until', steps), json_object('version', control, 'until', 10000)) END))
      FROM earlier_canaries AS earlier WHERE earlier.workflow_id = live_versions.workflow_id)
      WHERE workflow_id IN (SELECT workflow_id FROM earlier_canaries);
    DROP TABLE earlier_canaries;
    DROP TRIGGER canaries_go;
    DROP TABLE canaries;
  `,
};
