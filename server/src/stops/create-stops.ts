import type { StopStore } from '@heddle/adapters/stores';
import type { ToolRegistry } from '@heddle/adapters/tools';
import type { Audit, Clock, ConnectionStore, Journal, WorkflowStore } from '@heddle/core';
import type { RunDriver } from '../runs/run-driver.js';
import type { RunHandles } from '../runs/run-handles.js';
import { isToolKnown } from './known-tools.js';
import { StopService } from './stop.service.js';

/** What emergency stops work with. */
export interface StopsDependencies {
  readonly stops: StopStore;
  readonly audit: Audit;
  readonly journal: Journal;
  readonly driver: RunDriver;
  readonly handles: RunHandles;
  readonly clock: Clock;
  readonly workflows: WorkflowStore;
  readonly connections: { readonly store: ConnectionStore };
  readonly tools: { readonly registry: ToolRegistry };
}

/** Makes the service of emergency stops. */
export function createStops(dependencies: StopsDependencies): StopService {
  const { stops, audit, journal, driver, handles, clock, workflows, connections, tools } = dependencies;
  return new StopService({
    stops,
    audit,
    journal,
    driver,
    handles,
    clock,
    targets: {
      journal,
      workflows,
      connections: connections.store,
      hasServer: (id) => tools.registry.servers().some((server) => server.id === id),
      hasTool: (name) => isToolKnown(name, tools.registry, workflows),
    },
  });
}
