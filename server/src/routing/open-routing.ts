import { createBudgetLedger, type BudgetLedger } from '@heddle/adapters/budgets';
import { createCaches } from '@heddle/adapters/cache';
import { inJournal, sqliteTables, type HeddleDatabase, type JournalProjection } from '@heddle/adapters/database';
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
import type { Caches } from '@heddle/core';
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

/** Opens the stores over a database; pass the projections to its journal. */
export function openRouting(
  database: HeddleDatabase,
  clock: TrustedClock,
): { readonly routing: RoutingStores; readonly projections: readonly JournalProjection[] } {
  const routing = {
    calls: createModelCalls(sqliteTables(database), { clock }),
    decisions: createRouteDecisions(sqliteTables(database)),
    policies: createPolicyStore(sqliteTables(database), clock),
    budgets: createBudgetLedger(sqliteTables(database), clock.trusted),
    caches: createCaches(sqliteTables(database), clock.rights, clock.trusted),
    trainings: createRouteTrainingStore(sqliteTables(database), clock),
  };
  const { calls, decisions, budgets } = routing;
  const projections = [calls.projection, decisions.projection, budgets.projection];
  return { routing, projections: projections.map((projection) => inJournal(database, projection)) };
}
