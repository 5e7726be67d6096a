import type { ToolRegistry } from '@heddle/adapters/tools';
import {
  classOfNeeds,
  needsOfPlan,
  type Clock,
  type Collections,
  type ConnectionStore,
  type NeedFacts,
  type Plan,
  type RunAcceptance,
  type RunOptions,
} from '@heddle/core';
import { createExpiry } from '../common/expiry.js';
import type { Lazy } from '../common/lazy.js';

export interface NeedSources {
  readonly collections: Lazy<Pick<Collections, 'open'>>;
  readonly connections: { readonly store: Pick<ConnectionStore, 'list'> };
  readonly tools: { readonly registry: Pick<ToolRegistry, 'view'> };
  readonly clock: Clock;
}

/** The capabilities that a run needs, and the class of its worker. */
type RunPlacing = Pick<RunAcceptance, 'needs' | 'workerClass'>;

type NeedsOfRun = (plan: Plan, options: RunOptions) => Promise<RunPlacing>;

/**
 * Finds what runs need from their workers. Results are kept for a second only, because other processes can change collections, connections
 * and tool servers too.
 *
 * @example const { needs, workerClass } = await createRunNeeds(parts)(plan, {});
 */
export function createRunNeeds(sources: NeedSources): NeedsOfRun {
  const isOver = createExpiry({ leases: { isAlone: false }, clock: sources.clock });
  let known: Promise<Omit<NeedFacts, 'modelsOf'>> | undefined;
  let plans = new WeakMap<Plan, Promise<RunPlacing>>();

  async function placingOf(plan: Plan, options: RunOptions): Promise<RunPlacing> {
    known ??= readFacts(sources);
    const facts = await known;
    const searched = new Set<string>();
    const noted = { ...facts, modelsOf: (name: string): readonly string[] => (searched.add(name), []) };
    const first = needsOfPlan(plan, noted, options);
    const models = await modelsOf(sources, searched);
    const needs =
      models.size === 0 ? first : needsOfPlan(plan, { ...facts, modelsOf: (name) => models.get(name) ?? [] }, options);
    return { needs, workerClass: classOfNeeds(needs) };
  }

  return (plan, options) => {
    if (isOver()) {
      known = undefined;
      plans = new WeakMap();
    }
    if (options.only !== undefined || options.pins !== undefined) return placingOf(plan, options);
    const placed = plans.get(plan) ?? placingOf(plan, {});
    plans.set(plan, placed);
    // After a failure, the next run reads the facts again.
    placed.catch(() => {
      plans.delete(plan);
      known = undefined;
    });
    return placed;
  };
}

async function readFacts({ connections, tools }: NeedSources): Promise<Omit<NeedFacts, 'modelsOf'>> {
  const [found, { servers }] = await Promise.all([connections.store.list(), tools.registry.view()]);
  const zones = new Map([
    ...found.map(({ id, zone }) => [`connection ${id}`, zone] as const),
    ...servers.map(({ id, zone }) => [`tool ${id}`, zone] as const),
  ]);
  const started = new Set(servers.filter(({ transport }) => transport.kind === 'stdio').map(({ id }) => id));
  return { isStarted: (server) => started.has(server), zoneOf: (kind, id) => zones.get(`${kind} ${id}`) };
}

/**
 * The models that searches of collections use. A collection that cannot be opened adds none; the node that searches it will report the
 * error.
 */
async function modelsOf(
  { collections }: NeedSources,
  names: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const name of names) {
    try {
      const collection = await (await collections.get()).open(name);
      const [{ embedding }, settings] = await Promise.all([collection.info(), collection.settings?.get()]);
      const reranker = settings?.reranker?.model;
      found.set(name, reranker === undefined ? [embedding] : [embedding, reranker]);
    } catch {
      continue;
    }
  }
  return found;
}
