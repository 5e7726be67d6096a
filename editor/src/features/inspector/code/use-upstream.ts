import { splitEnd } from '@heddle/core';
import { useMemo } from 'react';
import type { DocumentStore } from '../../document/index.js';
import { inputValues, upstreamValues, type UpstreamValue } from './upstream-values.js';
import type { RunSession } from '../../run/index.js';
import { useCatalog, useDocument, useSession } from '../../session/index.js';
import { useOutline } from '../use-outline.js';

interface Upstream {
  readonly upstream: readonly UpstreamValue[];
  readonly documents: DocumentStore;
  readonly runs: RunSession;
}

/**
 * The values that a node can use from others. They are computed again when nodes, names, edges or ports change, but not when settings are
 * typed.
 */
export function useUpstream(nodeId: string): Upstream {
  const { documents, runs } = useSession();
  const nodes = useOutline();
  const edges = useDocument((state) => state.document?.edges);
  const ports = useDocument((state) => state.compiled?.ports);
  const byType = useCatalog((state) => state.byType);
  const upstream = useMemo(() => {
    if (edges === undefined) return [];
    const values = upstreamValues({ document: { nodes, edges }, ports, byType }, nodeId);
    const description = byType.get(nodes[nodeId]?.type ?? '');
    return description === undefined || description.hasDynamicPorts ? values : inputValues(values, description.inputs);
  }, [nodes, edges, ports, byType, nodeId]);
  return { upstream, documents, runs };
}

/** The latest value of an output in the run that is shown. */
export function sampleOf(runs: RunSession, end: string): unknown {
  const from = splitEnd(end);
  const { run } = runs.store.getState();
  const path = from === undefined ? undefined : run?.pathsOf(from.node).at(-1);
  return path === undefined || from === undefined ? undefined : run?.execution(path)?.outputs?.[from.port]?.value;
}
