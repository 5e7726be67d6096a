import { HeddleError } from '@heddle/core';
import type { PostgresMigration } from './migration.js';
import type { Query } from './query.js';

/** The number of an advisory lock, the same in all versions of Heddle, so that two programs never migrate at once. */
const lockNumber = 7_307_434;

interface MigrateOptions {
  readonly schema: string;
  readonly migrations: readonly PostgresMigration[];
  /** If false, a database of an older version is refused. */
  readonly mayMigrate: boolean;
}

interface Version {
  readonly current: number;
  readonly minReader: number;
  readonly minWriter: number;
}

/**
 * Migrates the schema to the version of this program in the transaction of `query`. Changes nothing if it has that version already.
 * `patient` runs in the same transaction without a time limit: steps over many rows take long, and so does waiting for another program that
 * migrates.
 *
 * Errors: `database_newer` if this program is too old to write to the schema, `database_outdated` if the schema needs a migration that is
 * not permitted.
 */
export async function migratePostgres(query: Query, patient: Query, options: MigrateOptions): Promise<number> {
  const { schema, migrations, mayMigrate } = options;
  const isMigrated = (version: Version): boolean => {
    refuseNewer(version, migrations.length);
    return version.current >= migrations.length;
  };
  if (isMigrated(await readVersion(query, schema))) return migrations.length;
  if (!mayMigrate)
    throw new HeddleError(
      'database_outdated',
      `The tables of Heddle in the schema '${schema}' are of an older version or missing: let this version of Heddle migrate them first.`,
    );
  await query('SET LOCAL statement_timeout = 0');
  await patient('SELECT pg_advisory_xact_lock($1)', [lockNumber]);
  // Another program may have migrated the schema while this one waited for the lock.
  const version = await readVersion(query, schema);
  if (isMigrated(version)) return migrations.length;
  await applySteps(patient, options, version);
  return migrations.length;
}

async function applySteps(query: Query, { schema, migrations }: MigrateOptions, version: Version): Promise<void> {
  if (version.current === 0) {
    await query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    await query(`CREATE TABLE ${schema}.schema_version (
      is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only), current integer NOT NULL, min_reader integer NOT NULL, min_writer integer NOT NULL)`);
    await query(`INSERT INTO ${schema}.schema_version (current, min_reader, min_writer) VALUES (0, 0, 0)`);
  }
  let { minReader, minWriter } = version;
  for (const [index, step] of migrations.slice(version.current).entries()) {
    await query(step.sql.replaceAll('$schema', schema));
    const itself = version.current + index + 1;
    minReader = Math.max(minReader, step.minReader ?? itself);
    minWriter = Math.max(minWriter, step.minWriter ?? itself);
  }
  await query(`UPDATE ${schema}.schema_version SET current = $1, min_reader = $2, min_writer = $3`, [
    ...[migrations.length, minReader, minWriter],
  ]);
}

async function readVersion(query: Query, schema: string): Promise<Version> {
  // to_regclass does not work here: within a transaction, it may still report a missing schema after another program created it.
  const found = await query(
    "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = $1 AND tablename = 'schema_version'",
    [schema],
  );
  if (found.length === 0) return { current: 0, minReader: 0, minWriter: 0 };
  const [version] = await query<Version>(
    `SELECT current, min_reader AS "minReader", min_writer AS "minWriter" FROM ${schema}.schema_version`,
  );
  return version ?? { current: 0, minReader: 0, minWriter: 0 };
}

function refuseNewer({ current, minWriter }: Version, own: number): void {
  if (own >= minWriter) return;
  throw new HeddleError(
    'database_newer',
    `The database was migrated to version ${current} by a newer Heddle, and programs of version ${own} may not write to it any more: start the newer Heddle, or restore a backup from before.`,
    { details: { current, own, minWriter } },
  );
}
