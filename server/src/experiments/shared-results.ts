import { idOfScope, type ExperimentStore, type ResultStore } from '@heddle/adapters/experiments';
import {
  HeddleError,
  toHeddleError,
  type Clock,
  type KeptResult,
  type ModelHub,
  type Plan,
  type PlanNode,
  type ResultReuse,
  type SharedResults,
} from '@heddle/core';
import { contentHash } from '../calls/content-hash.js';
import type { Lazy } from '../common/lazy.js';
import type { Log } from '../common/log.js';

/** What sharing results works with. */
export interface SharingDependencies {
  readonly experiments: ExperimentStore;
  readonly experimentResults: ResultStore;
  readonly models: Lazy<ModelHub>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/** How an experiment shares results. */
export interface Sharing {
  readonly id: string;
  readonly project: string;
  readonly cacheModelCalls: boolean;
}

const mostKnown = 100;
const modelKinds: ReadonlySet<string> = new Set(['model', 'embedder', 'reranker', 'classifier']);

/**
 * Whether equal inputs give a result that another run may reuse. A node with effects never does, nor a node whose model arrives as a value.
 */
export function isShared({ definition, config, inputs }: PlanNode, cacheModelCalls: boolean): boolean {
  if (definition.isRepeatable === undefined || definition.effects.some((effect) => effect !== 'model')) return false;
  if (inputs.some(({ name, edges, loopEdge }) => name === 'model' && (edges.length > 0 || loopEdge >= 0))) return false;
  return cacheModelCalls || definition.isRepeatable(config);
}

/** Whether a plan or one of its inner plans has a node whose results are shared. */
export const hasShared = (plan: Plan, cacheModelCalls: boolean): boolean =>
  plan.nodes.some((node) => isShared(node, cacheModelCalls)) ||
  [...plan.workflows.values()].some((inner) => hasShared(inner, cacheModelCalls));

/** Lets the runs of an experiment reuse results of each other; other runs share nothing. */
export function createResultReuse(dependencies: SharingDependencies): ResultReuse {
  const { experiments } = dependencies;
  const known = new Map<string, Sharing | undefined>();
  const sharingOf = (id: string): Sharing | undefined => {
    if (known.has(id)) return known.get(id);
    const { project, body } = experiments.get(id);
    const sharing = body.reuse === true ? { id, project, cacheModelCalls: body.cacheModelCalls === true } : undefined;
    if (known.size >= mostKnown) known.clear();
    known.set(id, sharing);
    return sharing;
  };
  const models = openModels(dependencies.models);
  return {
    of({ caller }) {
      const id = caller?.channel === 'experiment' ? idOfScope(caller.subject) : undefined;
      if (id === undefined) return undefined;
      try {
        const sharing = sharingOf(id);
        return sharing === undefined ? undefined : sharedResults(sharing, models, dependencies);
      } catch (error) {
        // The experiment was removed while its last runs end: they compute everything.
        if (error instanceof HeddleError && error.code === 'not_found') return undefined;
        throw error;
      }
    },
  };
}

type CardOf = (id: string) => string | undefined;

/** The cards of local models, once the hub is open; the first call of a model opens it. */
function openModels(models: Lazy<ModelHub>): CardOf {
  let hub: ModelHub | undefined;
  return (id) => {
    if (hub === undefined && models.isOpen)
      void models.get().then(
        (opened) => (hub = opened),
        () => undefined, // The caller that opened it gets the error.
      );
    return hub === undefined ? undefined : JSON.stringify(hub.card(id));
  };
}

function sharedResults(
  { id, project, cacheModelCalls }: Sharing,
  cardOf: CardOf,
  { experimentResults, clock, log }: SharingDependencies,
): SharedResults {
  const scope = { project, scope: cacheModelCalls ? '' : id, experiment: id };
  const keyOf = (node: PlanNode, meaning: string, inputs: string): string | undefined => {
    const models = node.references
      .filter(({ kind }) => modelKinds.has(kind))
      .map((reference) => modelOf(reference.id, cardOf, experimentResults));
    return models.includes(undefined) ? undefined : contentHash(JSON.stringify([meaning, inputs, models]));
  };
  // Sharing is optional: a full disk or an unknown model must not fail a row.
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (thrown) {
      const { code, message } = toHeddleError(thrown);
      log.warn({ experiment: id, code }, `A result is computed instead of shared: ${message}`);
      return undefined;
    }
  };
  return {
    shares: (node) => isShared(node, cacheModelCalls),
    find: (node, meaning, inputs) =>
      attempt((): KeptResult | undefined => {
        const key = keyOf(node, meaning, inputs);
        return key === undefined ? undefined : experimentResults.find(scope, key, clock.now());
      }),
    keep: (node, meaning, inputs, result) =>
      attempt(() => {
        const key = keyOf(node, meaning, inputs);
        if (key !== undefined) experimentResults.keep(scope, key, result, clock.now());
      }),
  };
}

/** The identity of a model: its card, or its connection as last saved. Undefined while it is unknown. */
function modelOf(id: string, cardOf: CardOf, store: ResultStore): string | undefined {
  const slash = id.indexOf('/');
  if (slash < 0) return cardOf(id);
  const changed = store.connectionChanged(id.slice(0, slash));
  return changed === undefined ? undefined : `${id} ${changed}`;
}
