import type { PostgresMigration } from '../../migration.js';

/**
 * A proof of the master key, with which each process checks that it has the same key as the others. Programs of the previous version still
 * work.
 */
export const keyTables: PostgresMigration = {
  name: 'proof of the master key',
  minReader: 1,
  minWriter: 1,
  sql: 'CREATE TABLE $schema.key_proofs (name text PRIMARY KEY, proof text NOT NULL)',
};
