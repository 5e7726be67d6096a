import type { Migration } from '../migration.js';

/**
 * Groups that lists of readers name. The id of a group is never reused, so a new group with an old name gives no access to what the old one
 * could read. `claimed_groups` has the groups that a sign-in provider reported for a user at the last sign-in.
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
