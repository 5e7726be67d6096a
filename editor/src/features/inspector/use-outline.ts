import type { DocumentNode } from '@heddle/core';
import { useMemo } from 'react';
import type { DocumentState } from '../document/index.js';
import { useDocument } from '../session/index.js';
import { isSameOutline } from './node-outline.js';

type Nodes = Readonly<Record<string, DocumentNode>>;

const none: Nodes = {};

/**
 * The nodes of the document. Returns the same object until a node is added, removed, or gets another type or title, so the settings in it
 * may be outdated.
 */
export function useOutline(): Nodes {
  return useDocument(useMemo(() => outlineSelector(), []));
}

/** Returns the same nodes again while their outline does not change. */
function outlineSelector(): (state: DocumentState) => Nodes {
  let last = none;
  return (state) => {
    const nodes = state.document?.nodes ?? none;
    if (!isSameOutline(last, nodes)) last = nodes;
    return last;
  };
}
