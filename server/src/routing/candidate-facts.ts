import type { ConnectionHub } from '@heddle/adapters/connections';
import {
  HeddleError,
  splitModelId,
  type CallScope,
  type CandidateFacts,
  type Clock,
  type FeedbackStore,
  type ModelHub,
  type ModelState,
  type Routing,
} from '@heddle/core';
import type { Authority } from '../authority/authority.js';
import { grantOfModel } from '../authority/project-grants.js';
import { originOf } from '../budgets/budget-guard.js';
import type { Lazy } from '../common/lazy.js';
import type { RoutingStores } from './open-routing.js';

interface FactSources {
  readonly routing: RoutingStores;
  readonly feedback: Pick<FeedbackStore, 'quality'>;
  readonly connections: ConnectionHub;
  readonly models: Lazy<ModelHub>;
  readonly clock: Pick<Clock, 'now'>;
  /** The context length of local models; a smaller value on a model's card wins. */
  readonly contextTokens: number | undefined;
}

const notKnown = 'it is not known here';
const noConnection = 'its connection does not exist';

/** Milliseconds for which the list of local models is cached, because listing them reads the disk. */
const freshMs = 2_000;

/**
 * Creates the routing port, which gives present facts of candidates. `scoped` gives the port for a run, with the budgets of the run and the
 * quality of models in its workflow.
 */
export function createRouting(
  sources: FactSources,
): Routing & { scoped(scope: CallScope, authority: Authority): Routing } {
  const { routing, feedback, models, clock } = sources;
  let local: { readonly at: number; readonly states: ReadonlyMap<string, ModelState> } | undefined;
  let loading: Promise<void> | undefined;

  async function refresh(): Promise<void> {
    const states = await (await models.get()).list();
    local = { at: clock.now(), states: new Map(states.map((state) => [state.card.id, state])) };
  }

  /** Uses an old list at once and renews it in the background, so that a decision does not wait for the disk. */
  async function localModels(): Promise<ReadonlyMap<string, ModelState>> {
    if (local === undefined || Math.abs(clock.now() - local.at) > freshMs) {
      loading ??= refresh().finally(() => (loading = undefined));
      if (local === undefined) await loading;
      else loading.catch(() => undefined);
    }
    return local?.states ?? new Map();
  }

  const make = (scope?: CallScope, authority?: Authority): Routing => ({
    policy: (name) => routing.policies.get(name),
    facts: (ids) =>
      Promise.all(
        ids.map(async (id) => {
          const { connection } = splitModelId(id);
          const needed = grantOfModel(id);
          // Treated like a model that does not exist: a run must not learn of models of other projects.
          if (authority?.mayUse(needed.kind, needed.id) === false)
            return { ...unknown(id), reason: connection === undefined ? notKnown : noConnection };
          const known = connection === undefined ? await localFacts(id) : await remoteFacts(id, connection, sources);
          return withMeasured(known, connection, scope, { ...routing, feedback });
        }),
      ),
  });

  async function localFacts(id: string): Promise<CandidateFacts> {
    const state = (await localModels()).get(id);
    const isReady = state?.status === 'ready' || state?.status === 'loaded';
    const isGenerator = state?.card.kind === 'generate';
    const own = state?.card.contextTokens ?? 0;
    return {
      ...unknown(id),
      isAvailable: isReady && isGenerator,
      ...(isReady && isGenerator ? {} : { reason: reasonOf(state) }),
      isLocal: true,
      clearance: 'restricted',
      contextTokens: Math.min(own, sources.contextTokens ?? own),
      supports: { schema: true, tools: true, images: false },
      price: { input: 0, output: 0, currency: 'USD' },
      queue: models.isOpen ? waitingFor(await models.get(), id) : 0,
    };
  }

  return { ...make(), scoped: make };
}

function reasonOf(state: ModelState | undefined): string {
  if (state === undefined) return notKnown;
  return state.card.kind === 'generate' ? 'it is not on this machine' : 'it writes no text';
}

const waitingFor = (hub: ModelHub, id: string): number =>
  hub
    .hosts()
    .flatMap(({ models }) => models)
    .find((model) => model.id === id)?.waiting ?? 0;

async function remoteFacts(id: string, connection: string, { connections }: FactSources): Promise<CandidateFacts> {
  try {
    const { info } = await connections.languageModel(id);
    const { circuit, waiting } = connections.state(connection);
    const { price, contextTokens, destination, supports } = info;
    return {
      ...unknown(id),
      isAvailable: true,
      isLocal: destination.isLocal,
      clearance: destination.clearance,
      contextTokens,
      circuit,
      queue: waiting,
      supports: { schema: supports.schema, tools: supports.tools, images: supports.images },
      price:
        price === undefined
          ? undefined
          : { input: price.inputPerMillion, output: price.outputPerMillion, currency: price.currency },
    };
  } catch (error) {
    if (error instanceof HeddleError && error.code.startsWith('connection_'))
      return {
        ...unknown(id),
        reason: error.code === 'connection_disabled' ? 'its connection is switched off' : noConnection,
      };
    throw error;
  }
}

const unknown = (model: string): CandidateFacts => ({
  model,
  isAvailable: false,
  isLocal: false,
  clearance: 'public',
  contextTokens: 0,
  circuit: 'closed',
  queue: 0,
  supports: { schema: false, tools: false, images: false },
  price: undefined,
  latency: undefined,
  quality: undefined,
  budgetLeft: undefined,
});

/** Adds what Heddle measured in its own runs (speed, ratings) and the rest of the budgets. */
async function withMeasured(
  facts: CandidateFacts,
  connection: string | undefined,
  scope: CallScope | undefined,
  { calls, feedback, budgets }: Pick<RoutingStores, 'calls' | 'budgets'> & Pick<FactSources, 'feedback'>,
): Promise<CandidateFacts> {
  const left = scope === undefined ? undefined : await budgets.left(originOf({ connection }, scope));
  return {
    ...facts,
    ...(facts.isAvailable && left?.isUsedUp === true ? { isAvailable: false, reason: 'its budget is used up' } : {}),
    latency: await calls.latency(facts.model),
    quality: await feedback.quality(facts.model, scope?.run.workflowId),
    // A local model costs no money.
    budgetLeft: facts.isLocal ? undefined : left?.money,
    tokensLeft: left?.tokens,
  };
}
