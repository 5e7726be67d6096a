import type { KillSwitchStore } from '@heddle/adapters/stores';
import type { BudgetLedger } from '@heddle/adapters/budgets';
import type { ProjectGrants } from '../authority/project-grants.js';
import { createBudgetGuard } from '../budgets/budget-guard.js';
import type { CallGuard } from '../calls/call-guard.js';
import { refuseKilledCall } from '../kill-switches/kill-switch-guard.js';
import { EvaluatorService } from './evaluator.service.js';
import type { EvaluationSources } from './open-evaluation.js';

export interface EvaluatorDependencies extends Omit<EvaluationSources, 'guards'> {
  readonly killSwitches: KillSwitchStore;
  readonly budgets: BudgetLedger;
  readonly grants: ProjectGrants;
}

/** Makes the service that judges answers. */
export function createEvaluators({ killSwitches, budgets, ...sources }: EvaluatorDependencies): EvaluatorService {
  // A kill switch pauses runs, but an evaluation is not a run, so its call is refused.
  const killSwitchGuard: CallGuard = {
    admit: (call) => {
      refuseKilledCall(killSwitches, call);
      return Promise.resolve(undefined);
    },
  };
  const guards = [killSwitchGuard, createBudgetGuard(budgets, sources.priceOf)];
  return new EvaluatorService({ ...sources, guards });
}
