import type { Migration } from '../migration.js';

/**
 * Groups that lists of readers name. The id of a group is never used again, so a new group of the same name opens nothing that the old one opened. `claimed_groups`
 * has what a sign-in provider said of a user at the last sign-in.
 */
export const groupsMigration: Migration = {
  name: 'groups',
  sql: `
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
  `,
};
