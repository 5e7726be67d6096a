import { splitEnd } from '@heddle/core';
import { useContext, useMemo } from 'react';
import { useDocument } from '../session/index.js';
import { groupIn, nodeOf, inputSources, type InputSource, RunContext, ScopeContext, usePaths } from '../run/index.js';

/**
 * The inputs of an execution of the shown run, each with its edge and source. For a node that has not started, the latest executions before
 * its edges.
 */
export function useInputSources(nodeId: string, path: string | undefined): readonly InputSource[] {
  const run = useContext(RunContext);
  const scope = useContext(ScopeContext);
  const paths = usePaths();
  const edges = useDocument((state) => state.document?.edges);
  return useMemo(() => {
    if (run === undefined || edges === undefined || paths.length === 0) return [];
    if (path !== undefined) return nodeOf(path) === nodeId ? inputSources(edges, run, path) : [];
    return edges
      .filter((edge) => splitEnd(edge.to)?.node === nodeId)
      .map((edge) => ({ edge, path: run.pathsOf(groupIn(scope, splitEnd(edge.from)?.node ?? '')).at(-1) }));
  }, [run, scope, paths, edges, nodeId, path]);
}
