import type { ClusterReader } from '@heddle/adapters/cluster';
import type { PostgresDatabase } from '@heddle/adapters/postgres';
import type { ErrorValue, ListedWorker, Workers, WorkerTimes } from '@heddle/core';
import { acceptsRuns, whyUnplaced } from '../../cluster/accepting-workers.js';
import type { Placement } from '../../runs/placement.js';

interface PlacementParts {
  readonly database: Pick<PostgresDatabase, 'run' | 'schema'>;
  readonly workers: Pick<Workers, 'list'>;
  readonly reader: ClusterReader;
  readonly times: WorkerTimes;
}

/** Knows which processes have which runs, and why no process can take a run. */
export interface RunPlacements {
  readonly placement: () => Promise<Placement>;
  /** For each of these runs that waits and that no process can take, the reason. */
  readonly whyWaiting: (runIds: readonly string[]) => Promise<ReadonlyMap<string, ErrorValue>>;
}

const ownedSql = (schema: string): string => `
  SELECT r.id AS "runId" FROM ${schema}.runs r JOIN ${schema}.workers w ON w.boot = r.owner
  WHERE w.state <> 'retired' AND w.seen_at > clock_timestamp() - $1 * interval '1 ms' ORDER BY r.number DESC LIMIT 10000`;

/** @example const { placement } = createRunPlacements({ database, workers, reader, times }); */
export function createRunPlacements({ database, workers, reader, times }: PlacementParts): RunPlacements {
  const acceptingWorkers = async (): Promise<readonly ListedWorker[]> => (await workers.list()).filter(acceptsRuns);
  return {
    async placement() {
      const rows = await database.run<{ readonly runId: string }>({
        name: 'heddle-owned',
        sql: ownedSql(database.schema),
        values: [times.deadMs],
      });
      const [able, waiting] = await Promise.all([acceptingWorkers(), reader.waiting()]);
      const missing = waiting.flatMap(({ runIds, ...set }) => {
        const error = whyUnplaced(set, able);
        return error === undefined ? [] : runIds.map((runId) => [runId, error] as const);
      });
      return {
        owned: new Set(rows.map(({ runId }) => runId)),
        hasWorkers: able.length > 0,
        missing: new Map(missing),
      };
    },
    async whyWaiting(runIds) {
      const placed = runIds.length === 0 ? [] : await reader.placed(runIds);
      if (placed.length === 0) return new Map();
      const able = await acceptingWorkers();
      return new Map(
        placed.flatMap(({ runId, ...run }) => {
          const error = whyUnplaced(run, able);
          return error === undefined ? [] : [[runId, error] as const];
        }),
      );
    },
  };
}
