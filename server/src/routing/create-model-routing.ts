import type { ConnectionHub } from '@heddle/adapters/connections';
import type { Clock, ConnectionStore, Journal, ModelHub } from '@heddle/core';
import type { Lazy } from '../common/lazy.js';
import type { Settings } from '../settings/settings-table.js';
import { createRouting } from './candidate-facts.js';
import type { RoutingParts } from './open-routing.js';
import { RoutingService } from './routing.service.js';

/** The choice of models: as nodes see it, and as routes and commands do. */
export interface ModelRouting {
  readonly port: ReturnType<typeof createRouting>;
  readonly service: RoutingService;
}

/** What the choice of models works with. */
export interface ModelRoutingDependencies {
  readonly settings: Pick<Settings, 'contextTokens'>;
  readonly routing: RoutingParts;
  readonly connections: { readonly hub: ConnectionHub; readonly store: ConnectionStore };
  readonly models: Lazy<ModelHub>;
  readonly journal: Pick<Journal, 'summary'>;
  readonly clock: Clock;
  /** Gives the id of a workflow that is named by id or slug. */
  workflowId(name: string): Promise<string>;
}

/** Makes what chooses models. */
export function createModelRouting(dependencies: ModelRoutingDependencies): ModelRouting {
  const { settings, routing, connections, models, journal, clock } = dependencies;
  const { contextTokens } = settings;
  const port = createRouting({ routing, connections: connections.hub, models, clock, contextTokens });
  const workflowId = (name: string): Promise<string> => dependencies.workflowId(name);
  return { port, service: new RoutingService(routing, port, journal, workflowId, connections.store) };
}
