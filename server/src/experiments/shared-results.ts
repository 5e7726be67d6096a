import { idOfScope, type ExperimentStore, type ResultStore } from '@heddle/adapters/experiments';
import {
  HeddleError,
  toHeddleError,
  type Clock,
  type ModelHub,
  type Plan,
  type PlanNode,
  type ResultReuse,
  type SharedResults,
} from '@heddle/core';
import { contentHash } from '../calls/content-hash.js';
import type { Lazy } from '../common/lazy.js';
import type { Log } from '../common/log.js';

interface SharingDependencies {
  readonly experiments: ExperimentStore;
  readonly experimentResults: ResultStore;
  readonly models: Lazy<ModelHub>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

interface Sharing {
  readonly id: string;
  readonly project: string;
  readonly cacheModelCalls: boolean;
}

const mostKnown = 100;
const modelKinds: ReadonlySet<string> = new Set(['model', 'embedder', 'reranker', 'classifier']);

/**
 * Whether another run may reuse the node's result for equal inputs. Never true for a node with effects, or one whose model arrives as an
 * input.
 */
export function isShared({ definition, config, inputs }: PlanNode, cacheModelCalls: boolean): boolean {
  if (definition.isRepeatable === undefined || definition.effects.some((effect) => effect !== 'model')) return false;
  if (inputs.some(({ name, edges, loopEdge }) => name === 'model' && (edges.length > 0 || loopEdge >= 0))) return false;
  return cacheModelCalls || definition.isRepeatable(config);
}

/** Whether a plan, or a sub-workflow in it, has a node with shared results. */
export const hasShared = (plan: Plan, cacheModelCalls: boolean): boolean =>
  plan.nodes.some((node) => isShared(node, cacheModelCalls)) ||
  [...plan.workflows.values()].some((inner) => hasShared(inner, cacheModelCalls));

/** Lets the runs of an experiment reuse each other's results. Other runs share nothing. */
export function createResultReuse(dependencies: SharingDependencies): ResultReuse {
  const { experiments } = dependencies;
  const known = new Map<string, Sharing | undefined>();
  const sharingOf = async (id: string): Promise<Sharing | undefined> => {
    if (known.has(id)) return known.get(id);
    const { project, body } = await experiments.get(id);
    const sharing = body.reuse === true ? { id, project, cacheModelCalls: body.cacheModelCalls === true } : undefined;
    if (known.size >= mostKnown) known.clear();
    known.set(id, sharing);
    return sharing;
  };
  const models = openModels(dependencies.models);
  const keeping: Storing = new Map();
  const sharedBy = async (id: string): Promise<SharedResults | undefined> => {
    try {
      const sharing = await sharingOf(id);
      return sharing === undefined ? undefined : sharedResults(sharing, models, keeping, dependencies);
    } catch (error) {
      // The experiment was removed before its last runs ended. These compute everything.
      if (error instanceof HeddleError && error.code === 'not_found') return undefined;
      throw error;
    }
  };
  return {
    of({ caller }) {
      const id = caller?.channel === 'experiment' ? idOfScope(caller.subject) : undefined;
      return id === undefined ? undefined : sharedBy(id);
    },
  };
}

/** Results that are being stored, by scope and key. A run that needs one meanwhile waits for it. */
type Storing = Map<string, Promise<void>>;

type CardOf = (id: string) => string | undefined;

/** The cards of local models. Undefined until the first model call opens the hub. */
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
  keeping: Storing,
  { experimentResults, clock, log }: SharingDependencies,
): SharedResults {
  const scope = { project, scope: cacheModelCalls ? '' : id, experiment: id };
  const openKey = (meaning: string, inputs: string): string => JSON.stringify([project, scope.scope, meaning, inputs]);
  const keyOf = async (node: PlanNode, meaning: string, inputs: string): Promise<string | undefined> => {
    const models: (string | undefined)[] = [];
    for (const { kind, id: model } of node.references)
      if (modelKinds.has(kind)) models.push(await modelOf(model, cardOf, experimentResults));
    return models.includes(undefined) ? undefined : contentHash(JSON.stringify([meaning, inputs, models]));
  };
  // Sharing is optional: a full disk or an unknown model must not fail a row.
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (thrown) {
      const { code, message } = toHeddleError(thrown);
      log.warn({ experiment: id, code }, `A result is computed instead of shared: ${message}`);
      return undefined;
    }
  };
  return {
    shares: (node) => isShared(node, cacheModelCalls),
    async find(node, meaning, inputs) {
      await keeping.get(openKey(meaning, inputs));
      return attempt(async () => {
        const key = await keyOf(node, meaning, inputs);
        return key === undefined ? undefined : experimentResults.find(scope, key, clock.now());
      });
    },
    async keep(node, meaning, inputs, result) {
      const open = openKey(meaning, inputs);
      const kept = attempt(async () => {
        const key = await keyOf(node, meaning, inputs);
        if (key !== undefined) await experimentResults.keep(scope, key, result, clock.now());
      });
      keeping.set(open, kept);
      await kept;
      if (keeping.get(open) === kept) keeping.delete(open);
    },
  };
}

/** Identifies a model by its card, or by its connection as last saved. Undefined while neither is known. */
async function modelOf(id: string, cardOf: CardOf, store: ResultStore): Promise<string | undefined> {
  const slash = id.indexOf('/');
  if (slash < 0) return cardOf(id);
  const changed = await store.connectionChanged(id.slice(0, slash));
  return changed === undefined ? undefined : `${id} ${changed}`;
}
