import { useContext } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { useCatalog, useDocument } from '../session/index.js';
import { executionTitle, executionText, type ExecutionText, titlesWithin, ScopeContext } from '../run/index.js';

/** The title of an execution in the run that is shown. */
export function useExecutionTitle(path: string): string {
  const here = useContext(ScopeContext);
  const byType = useCatalog((state) => state.byType);
  return useDocument(({ document }) => executionTitle(path, here, titlesWithin(document, byType)));
}

/** The same title in parts. The first part may be shortened. */
export function useExecutionText(path: string): ExecutionText {
  const here = useContext(ScopeContext);
  const byType = useCatalog((state) => state.byType);
  return useDocument(useShallow(({ document }) => executionText(path, here, titlesWithin(document, byType))));
}
