import type { Budget } from '@heddle/core';

/** Where a call comes from; the scopes of budgets are matched against it. */
export interface CallOrigin {
  readonly runId: string;
  readonly path: string;
  readonly workflow: string | undefined;
  readonly connection: string | undefined;
  readonly key: string | undefined;
}

/**
 * Returns the subject of a budget that a call counts for; undefined if the budget does not count the call. `named` is the budget that the
 * API key of the call names.
 */
export function subjectOf(budget: Budget, origin: CallOrigin, named: string | undefined): string | undefined {
  const subject = ofScope(budget, origin);
  if (subject !== undefined || named !== budget.id) return subject;
  return budget.scope.kind === 'run' || budget.scope.kind === 'node' ? origin.runId : '';
}

function ofScope({ scope }: Budget, origin: CallOrigin): string | undefined {
  switch (scope.kind) {
    case 'all':
      return '';
    case 'workflow':
      return origin.workflow === scope.id ? '' : undefined;
    case 'connection':
      return origin.connection === scope.id ? '' : undefined;
    case 'key':
      return origin.key === scope.id ? '' : undefined;
    case 'run':
      return scope.workflow === undefined || scope.workflow === origin.workflow ? origin.runId : undefined;
    case 'node': {
      const execution = origin.workflow === scope.workflow ? executionOf(scope.node, origin.path) : undefined;
      return execution === undefined ? undefined : `${origin.runId} ${execution}`;
    }
  }
}

/** The start of the current period of a budget, in epoch milliseconds; 0 for a budget that never restarts. */
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

/** The execution of a node that a path lies in; nested executions count towards it. */
function executionOf(node: string, path: string): string | undefined {
  const segments = path.split('/');
  const at = segments.findIndex((segment) => segment.split(/[@#]/, 1)[0] === node);
  return at < 0 ? undefined : segments.slice(0, at + 1).join('/');
}
