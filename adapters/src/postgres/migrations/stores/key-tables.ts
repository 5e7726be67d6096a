import type { PostgresMigration } from '../../migration.js';

/** What proves that a process has the master key of the others. Programs of the version before go on. */
export const keyTables: PostgresMigration = {
  name: 'proof of the master key',
  minReader: 1,
  minWriter: 1,
  sql: 'CREATE TABLE $schema.key_proofs (name text PRIMARY KEY, proof text NOT NULL)',
};
