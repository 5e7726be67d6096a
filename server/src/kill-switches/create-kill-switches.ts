import type { KillSwitchStore } from '@heddle/adapters/stores';
import type { ToolRegistry } from '@heddle/adapters/tools';
import type { Audit, Clock, ConnectionStore, Journal, WorkflowStore } from '@heddle/core';
import type { RunDriver } from '../runs/run-driver.js';
import type { RunHandles } from '../runs/run-handles.js';
import { isToolKnown } from './known-tools.js';
import { KillSwitchService } from './kill-switch.service.js';

/** What kill switches work with. */
export interface KillSwitchesDependencies {
  readonly killSwitches: KillSwitchStore;
  readonly audit: Audit;
  readonly journal: Journal;
  readonly driver: RunDriver;
  readonly handles: RunHandles;
  readonly clock: Clock;
  readonly workflows: WorkflowStore;
  readonly connections: { readonly store: ConnectionStore };
  readonly tools: { readonly registry: ToolRegistry };
}

/** Makes the service of kill switches. */
export function createKillSwitches(dependencies: KillSwitchesDependencies): KillSwitchService {
  const { killSwitches, audit, journal, driver, handles, clock, workflows, connections, tools } = dependencies;
  return new KillSwitchService({
    killSwitches,
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
