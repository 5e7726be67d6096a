import type { PostgresMigration } from '../migration.js';

/** Users, keys, projects and rights. As in heddle.db, booleans are 1 or 0, and texts are compared and sorted by their bytes. */
export const identityTables: PostgresMigration = {
  name: 'identity',
  minReader: 1,
  minWriter: 1,
  sql: `
    CREATE TABLE $schema.users (
      id text COLLATE "C" PRIMARY KEY, email text COLLATE "C" NOT NULL UNIQUE, name text COLLATE "C" NOT NULL, password text, totp bytea,
      totp_step bigint NOT NULL DEFAULT -1, is_disabled integer NOT NULL DEFAULT 0, created_at double precision NOT NULL,
      signed_in_at double precision
    );
    CREATE TABLE $schema.user_subjects (
      issuer text COLLATE "C" NOT NULL, subject text COLLATE "C" NOT NULL, user_id text COLLATE "C" NOT NULL REFERENCES $schema.users (id),
      PRIMARY KEY (issuer, subject)
    );
    CREATE TABLE $schema.recovery_codes (
      user_id text COLLATE "C" NOT NULL REFERENCES $schema.users (id), hash text COLLATE "C" NOT NULL, PRIMARY KEY (user_id, hash)
    );
    CREATE TABLE $schema.sessions (
      id text COLLATE "C" PRIMARY KEY, hash text COLLATE "C" NOT NULL UNIQUE, previous_hash text COLLATE "C",
      user_id text COLLATE "C" NOT NULL REFERENCES $schema.users (id), is_secure integer NOT NULL, created_at double precision NOT NULL,
      seen_at double precision NOT NULL, rotated_at double precision NOT NULL, agent text NOT NULL
    );
    CREATE INDEX sessions_before ON $schema.sessions (previous_hash) WHERE previous_hash IS NOT NULL;
    CREATE INDEX sessions_of ON $schema.sessions (user_id);
    CREATE TABLE $schema.one_time_links (
      hash text COLLATE "C" PRIMARY KEY, purpose text NOT NULL, user_id text COLLATE "C" REFERENCES $schema.users (id),
      expires_at double precision NOT NULL
    );
    CREATE TABLE $schema.sign_in_places (
      user_id text COLLATE "C" NOT NULL REFERENCES $schema.users (id) ON DELETE CASCADE, network_hash text COLLATE "C" NOT NULL,
      seen_at double precision NOT NULL, PRIMARY KEY (user_id, network_hash)
    );
    CREATE INDEX sign_in_places_by_age ON $schema.sign_in_places (seen_at);

    CREATE TABLE $schema.projects (
      id text COLLATE "C" PRIMARY KEY, name text COLLATE "C" NOT NULL, created_at double precision NOT NULL, archived_at double precision
    );
    INSERT INTO $schema.projects (id, name, created_at) VALUES ('default', 'Default', 0);
    CREATE TABLE $schema.memberships (
      project text COLLATE "C" NOT NULL REFERENCES $schema.projects (id), member text COLLATE "C" NOT NULL, role text COLLATE "C" NOT NULL,
      PRIMARY KEY (project, member, role)
    );
    CREATE INDEX memberships_of ON $schema.memberships (member);
    CREATE TABLE $schema.service_accounts (
      id text COLLATE "C" PRIMARY KEY, name text COLLATE "C" NOT NULL, created_at double precision NOT NULL
    );
    CREATE TABLE $schema.api_keys (
      id text COLLATE "C" PRIMARY KEY, hash text COLLATE "C" NOT NULL UNIQUE, prefix text NOT NULL, name text NOT NULL, owner text COLLATE "C" NOT NULL,
      project text COLLATE "C" NOT NULL REFERENCES $schema.projects (id), scopes text NOT NULL, created_at double precision NOT NULL,
      used_at double precision, revoked_at double precision, narrowed_from text
    );
    CREATE INDEX api_keys_of ON $schema.api_keys (project);
    CREATE TABLE $schema.owned (
      kind text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, project text COLLATE "C" NOT NULL REFERENCES $schema.projects (id),
      PRIMARY KEY (kind, id, project)
    );
    CREATE INDEX owned_by_project ON $schema.owned (project);
    CREATE TABLE $schema.grants (
      kind text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, projects text NOT NULL, PRIMARY KEY (kind, id)
    );

    CREATE TABLE $schema.groups (
      id text COLLATE "C" PRIMARY KEY, name text COLLATE "C" NOT NULL, name_key text COLLATE "C" NOT NULL UNIQUE, created_at double precision NOT NULL
    );
    CREATE TABLE $schema.group_members (
      member text COLLATE "C" NOT NULL, group_id text COLLATE "C" NOT NULL REFERENCES $schema.groups (id) ON DELETE CASCADE,
      PRIMARY KEY (member, group_id)
    );
    CREATE INDEX group_members_of ON $schema.group_members (group_id);
    CREATE TABLE $schema.claimed_groups (
      user_id text COLLATE "C" NOT NULL, issuer text COLLATE "C" NOT NULL, name text COLLATE "C" NOT NULL, PRIMARY KEY (user_id, issuer, name)
    );

    CREATE TABLE $schema.oauth_clients (
      id text COLLATE "C" PRIMARY KEY, body text NOT NULL, created_at double precision NOT NULL, used_at double precision
    );
    CREATE TABLE $schema.oauth_tokens (
      hash text COLLATE "C" PRIMARY KEY, kind text NOT NULL, key_id text COLLATE "C" NOT NULL, client text NOT NULL,
      expires_at double precision NOT NULL, used_at double precision
    );
    CREATE INDEX oauth_tokens_by_key ON $schema.oauth_tokens (key_id);

    -- What keeps a project, and what goes with it.
    CREATE TABLE $schema.conversations (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text COLLATE "C" NOT NULL UNIQUE, project text COLLATE "C", workflow text COLLATE "C",
      subject text COLLATE "C", session text COLLATE "C" NOT NULL, turns bigint NOT NULL DEFAULT 0, level integer NOT NULL DEFAULT 0,
      created_at double precision NOT NULL, updated_at double precision NOT NULL, title bytea, run text COLLATE "C",
      is_recorded integer NOT NULL DEFAULT 1
    );
    CREATE INDEX conversations_by_time ON $schema.conversations (updated_at, id);
    CREATE INDEX conversations_of ON $schema.conversations (project, subject, updated_at, id);
    CREATE TABLE $schema.facts (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text COLLATE "C" NOT NULL UNIQUE, project text COLLATE "C" NOT NULL,
      workflow text COLLATE "C" NOT NULL, subject text COLLATE "C" NOT NULL, content bytea NOT NULL, model text, vector bytea, label text NOT NULL,
      level integer NOT NULL, run text COLLATE "C", thread text COLLATE "C", created_at double precision NOT NULL,
      updated_at double precision NOT NULL, expires_at double precision
    );
    CREATE INDEX facts_of ON $schema.facts (project, subject, workflow, updated_at);
    CREATE INDEX facts_by_time ON $schema.facts (updated_at, id);
    CREATE INDEX facts_by_end ON $schema.facts (expires_at) WHERE expires_at IS NOT NULL;
    CREATE TABLE $schema.retention_rules (
      project text COLLATE "C" NOT NULL, subject_kind text COLLATE "C" NOT NULL, level integer NOT NULL, days integer NOT NULL,
      PRIMARY KEY (project, subject_kind, level)
    );
    CREATE TABLE $schema.secrets (
      owner text COLLATE "C" NOT NULL, name text COLLATE "C" NOT NULL, card text, sealed bytea, updated_at double precision NOT NULL,
      PRIMARY KEY (owner, name)
    );
  `,
};
