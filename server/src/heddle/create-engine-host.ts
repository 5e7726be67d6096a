import type { EngineHost } from '@heddle/engine';
import type { ContentKeeper } from '../audit/content-keeper.js';
import type { Ownership } from '../auth/rights/ownership.js';
import { scopeOfRun, type Authorities } from '../authority/authority.js';
import type { AuthorisedResources } from '../authority/authorised-resources.js';
import { createBudgetGuard, type PriceOf } from '../budgets/budget-guard.js';
import type { BatchedCalls } from '../calls/batched-calls.js';
import { hasProjectFile, noFile } from '../calls/project-files.js';
import { reportGuard } from '../calls/report-guard.js';
import { scopedResources } from '../calls/scoped-resources.js';
import type { CompileService } from '../compile/compile-service.js';
import { createResultReuse } from '../experiments/shared-results.js';
import type { RunHub } from '../live/run-hub.js';
import type { createRouting } from '../routing/candidate-facts.js';
import type { RunHandles } from '../runs/state/run-handles.js';
import type { SecretAccess } from '../secrets/secret-access.js';
import type { Settings } from '../settings/settings-table.js';
import { createKillSwitchGuard, createWorkflowsIn } from '../kill-switches/kill-switch-guard.js';
import { createTracePropagation } from '../tracing/trace-propagation.js';
import type { HeddleParts } from './parts.js';

interface EngineHostDependencies {
  readonly settings: Settings;
  readonly parts: HeddleParts;
  readonly resources: AuthorisedResources;
  readonly ownership: Ownership;
  readonly authorities: Authorities;
  readonly secretAccess: SecretAccess;
  readonly compile: CompileService;
  readonly hub: RunHub;
  readonly handles: RunHandles;
  readonly routing: ReturnType<typeof createRouting>;
  /** Stores the contents of model calls. */
  readonly contents: ContentKeeper;
  readonly batchedCalls: BatchedCalls;
}

/** Finds the prices of models of connections. */
export const createPriceOf =
  ({ connections }: Pick<HeddleParts, 'connections'>): PriceOf =>
  async (model) =>
    (await connections.hub.languageModel(model)).info.price;

/** Creates the host of the engine: resources with the rights of each run, secrets, compilation and the event hub. */
export function createEngineHost(dependencies: EngineHostDependencies): EngineHost {
  const { settings, parts, ownership, authorities, secretAccess, compile, hub, handles, routing, contents } =
    dependencies;
  const { catalog, journal, clock, limits } = parts;
  const guards = [
    createKillSwitchGuard(parts.killSwitches, handles, createWorkflowsIn(parts)),
    createBudgetGuard(parts.routing.budgets, createPriceOf(parts)),
    reportGuard,
  ];
  const resources = scopedResources(dependencies.resources, authorities, {
    clock,
    guards,
    routingOf: (scope, authority) => routing.scoped(scope, authority),
    checkFile: async ({ run }, id) => {
      if (!(await hasProjectFile(ownership, scopeOfRun(run, ownership).project, id))) throw noFile(id);
    },
    batchedCalls: dependencies.batchedCalls,
    keep: (content) => contents.keep(content),
    traceparentOf: createTracePropagation(settings).ofScope,
  });
  return {
    catalog,
    journal,
    clock,
    limits,
    resources,
    secret: async (name, { run }) => secretAccess.handle(await authorities.of(run), name),
    emit: (runId, events) => hub.emit(runId, events),
    reuse: createResultReuse(parts),
    random: Math.random,
    compile: (bundle) => compile.planOf(bundle),
    maxParallel: settings.maxParallelNodes,
  };
}
