import { GateRule, HeddleError, type GateBasis, type GateCheck, type GateStore, type StoredGate } from '@heddle/core';
import { z } from 'zod';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

interface GateRecord {
  readonly rules: string;
  readonly revision: number;
  readonly changedAt: number;
  readonly changedBy: string;
}

interface CheckRecord {
  readonly hash: string;
  readonly basis: string;
  readonly reference: string;
  readonly result: string | null;
  readonly createdAt: number;
}

const Rules = z.array(GateRule);
/** What was started for the same work before: enough to say why the last result does not count any more. */
const keptChecks = 20;

function prepareGates({ connection }: HeddleDatabase) {
  return {
    get: connection.prepare<[string], GateRecord>(
      'SELECT rules, revision, changed_at AS changedAt, changed_by AS changedBy FROM gates WHERE project = ?',
    ),
    set: connection.prepare<[string, string, number, number, string]>(
      'INSERT OR REPLACE INTO gates (project, rules, revision, changed_at, changed_by) VALUES (?, ?, ?, ?, ?)',
    ),
    checks: connection.prepare<[string, string], CheckRecord>(
      `SELECT hash, basis, reference, result, created_at AS createdAt FROM gate_checks
        WHERE workflow = ? AND work = ? ORDER BY number DESC`,
    ),
    add: connection.prepare<[string, string, string, string, string, string | null, number]>(
      `INSERT INTO gate_checks (workflow, work, hash, basis, reference, result, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
    prune: connection.prepare<[string, string, string, string, number]>(
      `DELETE FROM gate_checks WHERE workflow = ? AND work = ? AND number NOT IN (
        SELECT number FROM gate_checks WHERE workflow = ? AND work = ? ORDER BY number DESC LIMIT ?)`,
    ),
  };
}

/** Gates in heddle.db. @example const gates = createGateStore(database); */
export function createGateStore(database: HeddleDatabase): GateStore {
  const { connection, file } = database;
  const statements = prepareGates(database);
  const read = <T>(work: () => T): T => withStorageErrors(file, work);
  const transact = <T>(work: () => T): T => withStorageErrors(file, () => connection.transaction(work).immediate());
  const get = (project: string): StoredGate | undefined => {
    const found = read(() => statements.get.get(project));
    return found === undefined ? undefined : { ...found, project, rules: Rules.parse(JSON.parse(found.rules)) };
  };
  return {
    get,
    set: ({ project, rules, changedAt, changedBy }, base) =>
      transact(() => {
        const revision = get(project)?.revision ?? 0;
        if (base !== undefined && base !== revision)
          throw new HeddleError(
            'conflict',
            'Another person changed the gate meanwhile: load it again, then repeat your change.',
            { details: { revision } },
          );
        statements.set.run(project, JSON.stringify(rules), revision + 1, changedAt, changedBy);
        return { project, rules, revision: revision + 1, changedAt, changedBy };
      }),
    checks: (workflow, work) =>
      read(() => statements.checks.all(workflow, work).map((row) => checkOf(workflow, work, row))),
    addCheck: ({ workflow, work, hash, basis, reference, result, createdAt }) =>
      transact(() => {
        statements.add.run(workflow, work, hash, JSON.stringify(basis), reference, result ?? null, createdAt);
        statements.prune.run(workflow, work, workflow, work, keptChecks);
      }),
  };
}

const checkOf = (workflow: string, work: string, { basis, result, ...row }: CheckRecord): GateCheck => ({
  ...{ workflow, work, ...row },
  // Written by `addCheck` from the same type.
  basis: JSON.parse(basis) as GateBasis,
  ...(result === null ? {} : { result }),
});
