import { useContext } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { useCatalog, useDocument } from '../session/index.js';
import { executionTitle, executionText, type ExecutionText, titlesWithin, ScopeContext } from '../run/index.js';

/** The title of an execution of the shown run. */
export function useExecutionTitle(path: string): string {
  const here = useContext(ScopeContext);
  const byType = useCatalog((state) => state.byType);
  return useDocument(({ document }) => executionTitle(path, here, titlesWithin(document, byType)));
}

/** The same in parts; the first can be shortened. */
export function useExecutionText(path: string): ExecutionText {
  const here = useContext(ScopeContext);
  const byType = useCatalog((state) => state.byType);
  return useDocument(useShallow(({ document }) => executionText(path, here, titlesWithin(document, byType))));
}
