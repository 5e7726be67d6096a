import type { PostgresMigration } from '../../migration.js';

/**
 * Sums of runs and model calls by minute, hour and day. A run or call is queued in the commit in which it ends, and leaves the queue in the
 * commit that counts it. `rollup_backlog` and `rollup_marks` are for those that ended before a database of an older version had sums.
 */
export const rollupTables: PostgresMigration = {
  name: 'rollups of runs',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.rollup_queue (run bigint PRIMARY KEY);
    CREATE TABLE $schema.rollup_backlog (run bigint PRIMARY KEY);
    CREATE TABLE $schema.rollup_call_queue (number bigint PRIMARY KEY);
    CREATE TABLE $schema.rollup_marks (name text COLLATE "C" PRIMARY KEY, number bigint NOT NULL);
    INSERT INTO $schema.rollup_queue SELECT number FROM $schema.runs WHERE ended_at IS NOT NULL;
    INSERT INTO $schema.rollup_call_queue SELECT number FROM $schema.model_calls;

    CREATE FUNCTION $schema.rollup_run_ends() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      INSERT INTO $schema.rollup_queue VALUES (NEW.number) ON CONFLICT DO NOTHING;
      RETURN NULL;
    END $body$;
    CREATE TRIGGER rollup_run_ends AFTER UPDATE OF ended_at ON $schema.runs
      FOR EACH ROW WHEN (NEW.ended_at IS NOT NULL AND OLD.ended_at IS NULL) EXECUTE FUNCTION $schema.rollup_run_ends();
    CREATE FUNCTION $schema.rollup_run_goes() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      DELETE FROM $schema.rollup_queue WHERE run = OLD.number;
      DELETE FROM $schema.rollup_backlog WHERE run = OLD.number;
      RETURN NULL;
    END $body$;
    CREATE TRIGGER rollup_run_goes AFTER DELETE ON $schema.runs FOR EACH ROW EXECUTE FUNCTION $schema.rollup_run_goes();
    CREATE FUNCTION $schema.rollup_call_ends() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      INSERT INTO $schema.rollup_call_queue VALUES (NEW.number) ON CONFLICT DO NOTHING;
      RETURN NULL;
    END $body$;
    CREATE TRIGGER rollup_call_ends AFTER INSERT ON $schema.model_calls FOR EACH ROW EXECUTE FUNCTION $schema.rollup_call_ends();

    CREATE TABLE $schema.rollup_groups (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, project text COLLATE "C" NOT NULL, workflow text COLLATE "C" NOT NULL,
      version integer NOT NULL, key text COLLATE "C" NOT NULL, channel text COLLATE "C" NOT NULL,
      UNIQUE (project, workflow, version, key, channel)
    );
    CREATE TABLE $schema.rollup_runs (
      unit bigint NOT NULL, start bigint NOT NULL, grp bigint NOT NULL, model text COLLATE "C" NOT NULL, status text COLLATE "C" NOT NULL,
      code text COLLATE "C" NOT NULL, runs bigint NOT NULL, durations bytea NOT NULL, PRIMARY KEY (unit, start, grp, model, status, code)
    );
    CREATE TABLE $schema.rollup_calls (
      unit bigint NOT NULL, start bigint NOT NULL, grp bigint NOT NULL, model text COLLATE "C" NOT NULL, currency text COLLATE "C" NOT NULL,
      calls bigint NOT NULL, failed bigint NOT NULL, input_tokens bigint NOT NULL, output_tokens bigint NOT NULL,
      cost double precision NOT NULL, first_tokens bytea NOT NULL, PRIMARY KEY (unit, start, grp, model, currency)
    );
    CREATE TABLE $schema.rollup_savings (
      unit bigint NOT NULL, start bigint NOT NULL, grp bigint NOT NULL, model text COLLATE "C" NOT NULL, source text COLLATE "C" NOT NULL,
      currency text COLLATE "C" NOT NULL, money double precision NOT NULL, PRIMARY KEY (unit, start, grp, model, source, currency)
    );
    -- No message: it is read from the newest run, if that is still there and may be read.
    CREATE TABLE $schema.rollup_causes (
      unit bigint NOT NULL, start bigint NOT NULL, grp bigint NOT NULL, model text COLLATE "C" NOT NULL, cause text COLLATE "C" NOT NULL,
      code text COLLATE "C" NOT NULL, node text COLLATE "C" NOT NULL, runs bigint NOT NULL, last_run text COLLATE "C" NOT NULL,
      last_at double precision NOT NULL, PRIMARY KEY (unit, start, grp, model, cause)
    );

    -- A histogram is a list of its buckets that are not empty: two bytes for the bucket and four for its count, the lowest byte first. What is
    -- damaged adds nothing.
    CREATE FUNCTION $schema.histogram_entries(packed bytea) RETURNS TABLE (bucket integer, count bigint) LANGUAGE sql IMMUTABLE AS $body$
      SELECT get_byte(packed, at) + get_byte(packed, at + 1) * 256,
        get_byte(packed, at + 2) + get_byte(packed, at + 3) * 256 + get_byte(packed, at + 4) * 65536 + get_byte(packed, at + 5)::bigint * 16777216
      FROM generate_series(0, length(packed) - 6, 6) AS at
    $body$;
    CREATE FUNCTION $schema.histogram_add(one bytea, other bytea) RETURNS bytea LANGUAGE sql IMMUTABLE AS $body$
      SELECT coalesce(string_agg(decode(
          lpad(to_hex(bucket & 255), 2, '0') || lpad(to_hex(bucket >> 8), 2, '0') || lpad(to_hex(count & 255), 2, '0')
          || lpad(to_hex((count >> 8) & 255), 2, '0') || lpad(to_hex((count >> 16) & 255), 2, '0') || lpad(to_hex((count >> 24) & 255), 2, '0'),
          'hex'), ''::bytea ORDER BY bucket), ''::bytea)
      FROM (
        SELECT bucket, sum(count)::bigint AS count FROM (
          SELECT * FROM $schema.histogram_entries(one) UNION ALL SELECT * FROM $schema.histogram_entries(other)
        ) AS entries WHERE bucket < 256 GROUP BY bucket
      ) AS sums WHERE count > 0
    $body$;
    CREATE FUNCTION $schema.hex(bytes bytea) RETURNS text LANGUAGE sql IMMUTABLE AS $body$ SELECT upper(encode(bytes, 'hex')) $body$;
  `,
};
