import { useContext } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { useCatalog, useDocument } from '../session.js';
import { executionTitle, executionWords, type ExecutionWords } from './execution-title.js';
import { titlesWithin } from './titles-within.js';
import { ScopeContext } from './use-run.js';

/** What people call an execution of the run that is shown. */
export function useExecutionTitle(path: string): string {
  const here = useContext(ScopeContext);
  const byType = useCatalog((state) => state.byType);
  return useDocument(({ document }) => executionTitle(path, here, titlesWithin(document, byType)));
}

/** The same in parts, of which the first can be shortened. */
export function useExecutionWords(path: string): ExecutionWords {
  const here = useContext(ScopeContext);
  const byType = useCatalog((state) => state.byType);
  return useDocument(useShallow(({ document }) => executionWords(path, here, titlesWithin(document, byType))));
}
