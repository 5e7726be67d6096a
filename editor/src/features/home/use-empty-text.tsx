import type { Permission } from '@heddle/core';
import type { ReactNode } from 'react';
import { useKnownMay } from '../../data/access/me-store.js';
import { Link } from '../../ui/navigation/Link.js';

/** The empty states of the start page: the purpose and the first step, or only the purpose for users who may not create. */
export function useEmptyText(): Readonly<Record<'workflows' | 'runs' | 'collections', ReactNode>> {
  const mayMake = useMayYet('workflow:write');
  const mayRun = useMayYet('run:draft');
  const mayCollect = useMayYet('collection:write');
  return {
    workflows: mayMake
      ? 'A workflow is a graph of nodes that reads, searches and writes. Create one, use a template below, or drop a workflow file anywhere on this page.'
      : 'No workflows yet.',
    runs: mayRun
      ? 'No runs yet. Runs from the editor, the API and the command line appear here. Open a workflow and run it.'
      : 'No runs yet. Runs from the editor, the API and the command line appear here.',
    collections: mayCollect ? (
      <>
        Documents that workflows search. <Link href="/collections">Create a collection and drop files on it</Link>.
      </>
    ) : (
      'No collections yet. They hold the documents that workflows search.'
    ),
  };
}

/** Whether the user has the right, as far as known: the text does not change on the screen of a user who has it. */
const useMayYet = (permission: Permission): boolean => useKnownMay(permission) !== false;
