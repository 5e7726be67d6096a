import { createBudgetLedger, type BudgetLedger } from '@heddle/adapters/budgets';
import { createCaches } from '@heddle/adapters/cache';
import type { RunProjection } from '@heddle/adapters/database';
import {
  createModelCalls,
  createPolicyStore,
  createRouteDecisions,
  createRouteTrainingStore,
  type ModelCalls,
  type PolicyStore,
  type RouteDecisions,
  type RouteTrainingStore,
} from '@heddle/adapters/routing';
import type { Caches, Tables } from '@heddle/core';
import type { TrustedClock } from '../common/trusted-clock.js';

/** The stores of routing and budgets. */
export interface RoutingStores {
  readonly calls: ModelCalls;
  readonly decisions: RouteDecisions;
  readonly policies: PolicyStore;
  readonly budgets: BudgetLedger;
  readonly caches: Caches;
  readonly trainings: RouteTrainingStore;
}

/** Opens the stores on a database. The caller passes the projections to the journal of this database. */
export function openRouting(
  tables: Tables,
  clock: TrustedClock,
): { readonly routing: RoutingStores; readonly projections: readonly RunProjection[] } {
  const routing = {
    calls: createModelCalls(tables, { clock }),
    decisions: createRouteDecisions(tables),
    policies: createPolicyStore(tables, clock),
    budgets: createBudgetLedger(tables, clock.trusted),
    caches: createCaches(tables, clock.rights, clock.trusted),
    trainings: createRouteTrainingStore(tables, clock),
  };
  const { calls, decisions, budgets } = routing;
  return { routing, projections: [calls.projection, decisions.projection, budgets.projection] };
}
