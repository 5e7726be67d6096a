import type { DocumentNode } from '@heddle/core';
import { useMemo } from 'react';
import type { DocumentState } from '../document/document-store.js';
import { useDocument } from '../session.js';
import { isSameOutline } from './node-outline.js';

type Nodes = Readonly<Record<string, DocumentNode>>;

const none: Nodes = {};

/** The nodes of the document, the same object as long as none came, went, or got another type or title. Their settings may be older. */
export function useOutline(): Nodes {
  return useDocument(useMemo(() => outlineSelector(), []));
}

/** Remembers the nodes it gave, and gives them again while their outline is the same. */
function outlineSelector(): (state: DocumentState) => Nodes {
  let last = none;
  return (state) => {
    const nodes = state.document?.nodes ?? none;
    if (!isSameOutline(last, nodes)) last = nodes;
    return last;
  };
}
