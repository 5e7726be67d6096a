import type { Budget } from '@heddle/core';

/** Where a call comes from: what the scope of a budget looks at. */
export interface CallPlace {
  readonly runId: string;
  readonly path: string;
  readonly workflow: string | undefined;
  readonly connection: string | undefined;
  readonly key: string | undefined;
}

/**
 * What a budget counts a call of this place over; undefined where it does not count it. `named` is the budget that the key of the call
 * counts against, whatever else that one is for.
 */
export function subjectOf(budget: Budget, place: CallPlace, named: string | undefined): string | undefined {
  const subject = ofScope(budget, place);
  if (subject !== undefined || named !== budget.id) return subject;
  return budget.scope.kind === 'run' || budget.scope.kind === 'node' ? place.runId : '';
}

function ofScope({ scope }: Budget, place: CallPlace): string | undefined {
  switch (scope.kind) {
    case 'all':
      return '';
    case 'workflow':
      return place.workflow === scope.id ? '' : undefined;
    case 'connection':
      return place.connection === scope.id ? '' : undefined;
    case 'key':
      return place.key === scope.id ? '' : undefined;
    case 'run':
      return scope.workflow === undefined || scope.workflow === place.workflow ? place.runId : undefined;
    case 'node': {
      const execution = place.workflow === scope.workflow ? executionOf(scope.node, place.path) : undefined;
      return execution === undefined ? undefined : `${place.runId} ${execution}`;
    }
  }
}

/** Start of the period that a budget is in, epoch milliseconds; 0 for a budget that never restarts. */
export function periodStart({ scope, period }: Budget, now: number): number {
  if (scope.kind === 'run' || scope.kind === 'node') return 0;
  const date = new Date(now);
  switch (period) {
    case 'day':
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
    case 'month':
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
    case 'ever':
      return 0;
  }
}

/** The execution of a node that a path lies in: nested ones count for it. */
function executionOf(node: string, path: string): string | undefined {
  const segments = path.split('/');
  const at = segments.findIndex((segment) => segment.split(/[@#]/, 1)[0] === node);
  return at < 0 ? undefined : segments.slice(0, at + 1).join('/');
}

/** Names what a budget counts over in one period. */
export const accountKey = (budget: string, subject: string, since: number): string => `${budget} ${since} ${subject}`;
