import { kindColumn } from '../../audit/audit-chain.js';
import type { PostgresMigration } from '../migration.js';

/**
 * The chain of audit records. Triggers refuse changes to records. The owner of the table can remove the triggers, but then the hashes
 * reveal a change.
 */
export const auditTables: PostgresMigration = {
  name: 'audit chain',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.audit (
      number bigint PRIMARY KEY, time double precision NOT NULL, ${kindColumn} text COLLATE "C" NOT NULL, who text COLLATE "C" NOT NULL,
      project text COLLATE "C", subject text COLLATE "C" NOT NULL, is_allowed integer NOT NULL, details text NOT NULL,
      previous text NOT NULL, hash text NOT NULL
    );
    CREATE INDEX audit_by_subject ON $schema.audit (subject, number);

    CREATE FUNCTION $schema.keep_audit() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      RAISE EXCEPTION 'the audit record is append-only';
    END $body$;
    CREATE TRIGGER audit_keeps BEFORE UPDATE OR DELETE ON $schema.audit FOR EACH ROW EXECUTE FUNCTION $schema.keep_audit();
    CREATE TRIGGER audit_stays BEFORE TRUNCATE ON $schema.audit FOR EACH STATEMENT EXECUTE FUNCTION $schema.keep_audit();
  `,
};

/** Requests to models and their replies, encrypted. A record refers to each by its hash. */
export const auditContentTables: PostgresMigration = {
  name: 'contents of model calls',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.audit_content (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, run text COLLATE "C" NOT NULL, hash text COLLATE "C" NOT NULL,
      level text COLLATE "C" NOT NULL, text text NOT NULL, time double precision NOT NULL, UNIQUE (hash, run)
    );
    CREATE INDEX audit_content_of ON $schema.audit_content (run);
    CREATE INDEX audit_content_by_age ON $schema.audit_content (level, time);
  `,
};
