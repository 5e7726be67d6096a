import { useContext } from 'react';
import { useDocument } from '../session/index.js';
import { attemptText, nodeOf, scopeOf, ScopeContext, useExecutionAt } from '../run/index.js';

/** The current attempt of an execution as text; see `attemptText`. */
export function useAttemptText(path: string): string | undefined {
  const here = useContext(ScopeContext);
  const execution = useExecutionAt(path);
  const most = useDocument((state) =>
    scopeOf(path) === here ? state.document?.nodes[nodeOf(path)]?.run?.retry?.attempts : undefined,
  );
  return execution === undefined ? undefined : attemptText(execution, most);
}
