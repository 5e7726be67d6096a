import {
  HeddleError,
  StoredRoutePolicy,
  type Clock,
  type GuardedWrite,
  type RoutePolicy,
  type Tables,
} from '@heddle/core';

/** Stores routing policies by name. */
export interface PolicyStore {
  list(): Promise<readonly RoutePolicy[]>;
  /** Errors: `policy_not_found`. */
  get(name: string): Promise<RoutePolicy>;
  save(policy: RoutePolicy): readonly GuardedWrite[];
  /** Errors of the commit: `policy_not_found`. */
  delete(name: string): readonly GuardedWrite[];
}

interface Row {
  readonly body: string;
}

/** Creates the store in any database. @example const policies = createPolicyStore(sqliteTables(database), clock); */
export function createPolicyStore(tables: Tables, clock: Pick<Clock, 'now'>): PolicyStore {
  const byName = tables.lookup<Row>('SELECT body FROM policies WHERE name = @name');
  // Each decision reads a policy, so its text is parsed again only if it has changed.
  const known = new Map<string, Row & { readonly policy: RoutePolicy }>();
  return {
    list: async () => (await tables.all<Row>('SELECT body FROM policies ORDER BY name')).map(({ body }) => read(body)),
    get: async (name) => {
      const row = await byName({ name });
      if (row === undefined) {
        known.delete(name);
        throw policyNotFound(name);
      }
      const kept = known.get(name);
      if (kept?.body === row.body) return kept.policy;
      const policy = read(row.body);
      known.set(name, { body: row.body, policy });
      return policy;
    },
    save: (policy) => [
      {
        sql: `INSERT INTO policies (name, body, updated_at) VALUES (@name, @body, @now)
          ON CONFLICT (name) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at`,
        values: { name: policy.name, body: JSON.stringify(policy), now: clock.now() },
      },
    ],
    delete: (name) => [
      {
        sql: 'DELETE FROM policies WHERE name = @name',
        values: { name },
        rows: 1,
        otherwise: () => policyNotFound(name),
      },
    ],
  };
}

const read = (body: string): RoutePolicy => StoredRoutePolicy.parse(JSON.parse(body));

function policyNotFound(name: string): HeddleError {
  return new HeddleError(
    'policy_not_found',
    `There is no routing policy '${name}': GET /api/policies lists them; store one, or write the candidates into the node.`,
    {
      details: { policy: name },
    },
  );
}
