import {
  GateRule,
  HeddleError,
  type GateBasis,
  type GateCheck,
  type GateStore,
  type GuardedWrite,
  type StoredGate,
  type Tables,
} from '@heddle/core';
import { z } from 'zod';

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
/** How many checks of the same work are kept: enough to say why the last result no longer counts. */
const keptChecks = 20;

/** Stores gates in any database. @example const gates = createGateStore(sqliteTables(database)); */
export function createGateStore(tables: Tables): GateStore {
  const get = async (project: string): Promise<StoredGate | undefined> => {
    const sql = `SELECT rules, revision, changed_at AS "changedAt", changed_by AS "changedBy" FROM gates WHERE project = @project`;
    const found = await tables.get<GateRecord>(sql, { project });
    return found === undefined ? undefined : { ...found, project, rules: Rules.parse(JSON.parse(found.rules)) };
  };
  return {
    get,
    async set(given, base) {
      const seen = (await get(given.project))?.revision ?? 0;
      if (base !== undefined && base !== seen) throw changedGate(seen);
      const gate = { ...given, revision: seen + 1 };
      return { gate, writes: [gateWrite(gate, seen)] };
    },
    checks: async (workflow, work) => {
      const sql = `SELECT hash, basis, reference, result, created_at AS "createdAt" FROM gate_checks
        WHERE workflow = @workflow AND work = @work ORDER BY number DESC`;
      const rows = await tables.all<CheckRecord>(sql, { workflow, work });
      return rows.map((row) => checkOf(workflow, work, row));
    },
    addCheck: ({ workflow, work, hash, basis, reference, result, createdAt }) =>
      tables.note([
        {
          sql: `INSERT INTO gate_checks (workflow, work, hash, basis, reference, result, created_at)
            VALUES (@workflow, @work, @hash, @basis, @reference, @result, @createdAt)`,
          values: { workflow, work, hash, basis: JSON.stringify(basis), reference, result: result ?? null, createdAt },
        },
        {
          sql: `DELETE FROM gate_checks WHERE workflow = @workflow AND work = @work AND number NOT IN (
            SELECT number FROM gate_checks WHERE workflow = @workflow AND work = @work ORDER BY number DESC LIMIT @kept)`,
          values: { workflow, work, kept: keptChecks },
        },
      ]),
  };
}

const changedGate = (revision: number): HeddleError =>
  new HeddleError('conflict', 'Another person changed the gate meanwhile: load it again, then repeat your change.', {
    details: { revision },
  });

const gateWrite = ({ project, rules, revision, changedAt, changedBy }: StoredGate, seen: number): GuardedWrite => ({
  sql: `INSERT INTO gates (project, rules, revision, changed_at, changed_by) VALUES (@project, @rules, @revision, @changedAt, @changedBy)
    ON CONFLICT (project) DO UPDATE SET rules = excluded.rules, revision = excluded.revision, changed_at = excluded.changed_at,
      changed_by = excluded.changed_by WHERE gates.revision = @seen`,
  values: { project, rules: JSON.stringify(rules), revision, changedAt, changedBy, seen },
  rows: 1,
  otherwise: () => changedGate(revision),
});

const checkOf = (workflow: string, work: string, { basis, result, ...row }: CheckRecord): GateCheck => ({
  workflow,
  work,
  ...row,
  // Written by `addCheck` from the same type.
  basis: JSON.parse(basis) as GateBasis,
  ...(result === null ? {} : { result }),
});
