import type { NodeDescription } from '@heddle/core';
import { createContext, useMemo } from 'react';
import { useGet } from '../../data/queries/use-get.js';

/** The node types of this Heddle, by name: pictures of workflows take icons from them. */
export const KnownNodes = createContext<ReadonlyMap<string, NodeDescription>>(new Map());

/** The value of `KnownNodes`; empty until the types are here. */
export function useKnownNodes(): ReadonlyMap<string, NodeDescription> {
  const { value } = useGet('/api/nodes', {}, ({ nodes }) => nodes);
  return useMemo(() => new Map(value?.map((node) => [node.type, node])), [value]);
}
