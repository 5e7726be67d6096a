import type { Migration } from '../migration.js';

/**
 * Secrets get an owner and a card. Existing secrets belong to the first project, and keys of connections to the installation; sealed values
 * stay as they are. The next start learns the hosts from whatever uses the secrets, and records in `secret_hosts_learned` that it has.
 */
export const secretCardsMigration: Migration = {
  name: 'cards of secrets',
  sql: `
    ALTER TABLE secrets RENAME TO secrets_of_before;
    CREATE TABLE secrets (
      owner TEXT NOT NULL, name TEXT NOT NULL, card TEXT, sealed BLOB, updated_at REAL NOT NULL, PRIMARY KEY (owner, name)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO secrets (owner, name, card, sealed, updated_at)
      SELECT CASE WHEN substr(name, 1, 11) = 'connection.' THEN 'installation' ELSE 'default' END, name,
             CASE WHEN substr(name, 1, 11) = 'connection.' THEN NULL
                  ELSE json_object('name', name, 'owner', 'default', 'needsHost', json('true')) END,
             sealed, updated_at
        FROM secrets_of_before;
    DROP TABLE secrets_of_before;
    CREATE TABLE secret_hosts_learned (at REAL NOT NULL) STRICT;
  `,
};
