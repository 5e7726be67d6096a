import { useContext } from 'react';
import { useDocument } from '../session/index.js';
import { attemptWords, nodeOf, scopeOf, ScopeContext, useExecutionAt } from '../run/index.js';

/** The attempt of an execution as text: see `attemptWords`. */
export function useAttemptWords(path: string): string | undefined {
  const here = useContext(ScopeContext);
  const execution = useExecutionAt(path);
  const most = useDocument((state) =>
    scopeOf(path) === here ? state.document?.nodes[nodeOf(path)]?.run?.retry?.attempts : undefined,
  );
  return execution === undefined ? undefined : attemptWords(execution, most);
}
