import type { Permission } from '@heddle/core';
import type { ReactNode } from 'react';
import { useKnownMay } from '../../access/me-store.js';
import { Link } from '../Link.js';

/** What a part of the home page says where it is empty: what it is for and how to begin, or only that, to those who may not. */
export function useEmptyWords(): Readonly<Record<'workflows' | 'runs' | 'collections', ReactNode>> {
  const mayMake = useMayYet('workflow:write');
  const mayRun = useMayYet('run:draft');
  const mayCollect = useMayYet('collection:write');
  return {
    workflows: mayMake
      ? 'A workflow is a graph of nodes that reads, searches and writes. Begin a new one, use a template below, or drop a workflow file anywhere on this page.'
      : 'There are no workflows here.',
    runs: mayRun
      ? 'Every run is kept here, whoever started it. Open a workflow and run it.'
      : 'Every run is kept here, whoever started it. There are none.',
    collections: mayCollect ? (
      <>
        Documents that workflows search. <Link href="/collections">Make one and drop files on it</Link>.
      </>
    ) : (
      'Documents that workflows search. There are none.'
    ),
  };
}

/** Whether one may, as far as it is known: words do not change under the eyes of those who may. */
const useMayYet = (permission: Permission): boolean => useKnownMay(permission) !== false;
