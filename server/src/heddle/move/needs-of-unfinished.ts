import type { DataFolderLock } from '@heddle/adapters/database';
import { Placings, type RunPlacing } from '@heddle/adapters/move';
import { classOfNeeds, HeddleError, needOf, type Plan, type PlanBundle, type RunOptions } from '@heddle/core';
import { createRunNeeds } from '../../cluster/index.js';
import type { Settings } from '../../settings/settings-table.js';
import type { Heddle } from '../heddle.js';
import { openHeddle } from '../open-heddle.js';

/** How many runs are read at once. */
const pageSize = 200;
const mostPlans = 100;

/**
 * Finds out from their plans what the unfinished runs of a data folder need from workers on Postgres, as if they were accepted there. The
 * caller holds the lock of the folder. Errors: those of `openHeddle`.
 */
export async function needsOfUnfinished(settings: Settings, lock: DataFolderLock): Promise<Placings> {
  // These settings may already be meant for the processes on Postgres.
  const ofServers = { redisUrl: undefined, redisUrlFile: undefined, blobsUrl: undefined, blobsUrlFile: undefined };
  const heddle = await openHeddle(
    { ...settings, ...ofServers, role: 'all' },
    { kind: 'command', isMoving: true, lock },
  );
  const placings = new Placings();
  try {
    await noteAll(heddle, placings);
    return placings;
  } catch (error) {
    placings.close();
    throw error;
  } finally {
    await heddle.stop();
    await heddle.close();
  }
}

async function noteAll({ parts, compile }: Heddle, placings: Placings): Promise<void> {
  const { journal, tables } = parts;
  const needsOf = createRunNeeds(parts);
  const plans = new Map<string, Plan | undefined>();
  const planOf = async (hash: string, bundle: PlanBundle): Promise<Plan | undefined> => {
    if (plans.has(hash)) return plans.get(hash);
    if (plans.size >= mostPlans) plans.clear();
    const plan = await compile.planOf(bundle).catch(unlessInvalid);
    plans.set(hash, plan);
    return plan;
  };
  const placingOf = async ({ id, bundle: hash }: UnfinishedRun): Promise<RunPlacing> => {
    const bundle = await journal.bundle(id);
    const plan = await planOf(hash, bundle);
    if (plan === undefined) return placingOfNodes(bundle);
    const { options } = await journal.acceptance(id).catch(withoutValues);
    const { needs = [], workerClass = classOfNeeds(needs) } = await needsOf(plan, options);
    return { needs, workerClass };
  };
  for (let after: number | undefined = 0; after !== undefined;) {
    const runs: readonly UnfinishedRun[] = await tables.all<UnfinishedRun>(
      `SELECT number, id, bundle FROM runs WHERE ended_at IS NULL AND number > @after ORDER BY number LIMIT ${pageSize}`,
      { after },
    );
    for (const run of runs) placings.note(run.id, await placingOf(run));
    after = runs.at(-1)?.number;
  }
}

interface UnfinishedRun {
  readonly number: number;
  readonly id: string;
  readonly bundle: string;
}

/** Ignores a workflow that does not compile because one of its nodes is not installed here. */
function unlessInvalid(error: unknown): undefined {
  if (error instanceof HeddleError && error.code === 'workflow_invalid') return undefined;
  throw error;
}

/** Ignores a lost large value in the acceptance of a run. The run itself will report it. */
function withoutValues(error: unknown): { readonly options: RunOptions } {
  if (error instanceof HeddleError && (error.code === 'blob_not_found' || error.code === 'storage_corrupt'))
    return { options: {} };
  throw error;
}

/** Without a plan, a process must at least have the nodes. */
function placingOfNodes({ document, workflows }: PlanBundle): RunPlacing {
  const graphs = [document, ...Object.values(workflows)].flatMap((each) => [
    each,
    ...Object.values(each.workflows ?? {}),
  ]);
  const needs = new Set(
    graphs.flatMap(({ nodes }) =>
      Object.values(nodes).map(({ type, version }) => needOf('node', `${type}@${version}`)),
    ),
  );
  return { needs: [...needs].sort(), workerClass: 'cpu' };
}
