import { useContext } from 'react';
import { useCatalog, useDocument } from '../session.js';
import { nodeOf } from './execution-path.js';
import { executionTitle } from './execution-title.js';
import { ScopeContext } from './use-run.js';

/** What people call an execution of the run that is shown. */
export function useExecutionTitle(path: string): string {
  const here = useContext(ScopeContext);
  const node = useDocument((state) => state.document?.nodes[nodeOf(path)]);
  const typeTitle = useCatalog((state) => state.byType.get(node?.type ?? '')?.title);
  return executionTitle(path, here, (id) => node?.title ?? typeTitle ?? id);
}
