import { HeddleError, StoredRoutePolicy, type Clock, type RoutePolicy } from '@heddle/core';
import { commitPowerSafe } from '../database/commit-power-safe.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';

/** Routing policies by name. */
export interface PolicyStore {
  list(): readonly RoutePolicy[];
  /** Errors: `policy_not_found`. */
  get(name: string): RoutePolicy;
  /** Creates or replaces. */
  save(policy: RoutePolicy): void;
  /** Errors: `policy_not_found`. */
  delete(name: string): void;
}

/** Policies in heddle.db. @example const policies = createPolicyStore(database, clock); */
export function createPolicyStore(database: HeddleDatabase, clock: Pick<Clock, 'now'>): PolicyStore {
  const { connection, file } = database;
  const all = connection.prepare<[], string>('SELECT body FROM policies ORDER BY name').pluck();
  const byName = connection.prepare<[string], string>('SELECT body FROM policies WHERE name = ?').pluck();
  const write = connection.prepare<[string, string, number]>(
    'INSERT INTO policies VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at',
  );
  const remove = connection.prepare<[string]>('DELETE FROM policies WHERE name = ?');
  const read = (body: string): RoutePolicy => StoredRoutePolicy.parse(JSON.parse(body));
  // A policy is asked for at every decision: what was read stays until it is written.
  const known = new Map<string, RoutePolicy>();
  return {
    list: () => withStorageErrors(file, () => all.all().map(read)),
    get: (name) =>
      withStorageErrors(file, () => {
        const kept = known.get(name);
        if (kept !== undefined) return kept;
        const body = byName.get(name);
        if (body === undefined) throw policyNotFound(name);
        const policy = read(body);
        known.set(name, policy);
        return policy;
      }),
    save: (policy) =>
      commitPowerSafe(database, () => {
        write.run(policy.name, JSON.stringify(policy), clock.now());
        known.delete(policy.name);
      }),
    delete: (name) =>
      commitPowerSafe(database, () => {
        known.delete(name);
        if (remove.run(name).changes === 0) throw policyNotFound(name);
      }),
  };
}

function policyNotFound(name: string): HeddleError {
  return new HeddleError(
    'policy_not_found',
    `There is no routing policy '${name}': GET /api/policies lists them; store one, or write the candidates into the node.`,
    {
      details: { policy: name },
    },
  );
}
