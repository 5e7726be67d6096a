import type { Permission } from '@heddle/core';
import { Boxes, History, LibraryBig, Workflow } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { useKnownMay } from '../../data/access/me-store.js';
import { Link } from '../../ui/navigation/Link.js';
import { templatesPath } from '../../ui/navigation/route.js';
import { EmptyState } from '../../ui/states/EmptyState.js';

/** The empty states of the start page. They offer a first step only to users who may take it. */
export function useEmptyStates(): Readonly<Record<'workflows' | 'runs' | 'collections', ReactNode>> {
  const mayMake = useMayYet('workflow:write');
  const mayRun = useMayYet('run:draft');
  const mayCollect = useMayYet('collection:write');
  return {
    workflows: (
      <EmptyState
        Icon={Workflow}
        action={mayMake ? <Step href={templatesPath()} title="Browse templates" /> : undefined}
      >
        No workflows yet. A workflow is a graph of nodes that reads, searches and writes.
      </EmptyState>
    ),
    runs: (
      <EmptyState Icon={History} action={mayRun ? <Step href={templatesPath()} title="Try a template" /> : undefined}>
        No runs yet. Runs from the editor, the API and the command line appear here.
      </EmptyState>
    ),
    collections: (
      <EmptyState
        Icon={LibraryBig}
        action={mayCollect ? <Step href="/collections" title="Create a collection" /> : undefined}
      >
        No collections yet. They hold the documents that workflows search.
      </EmptyState>
    ),
  };
}

/** Shown while no model is known, or none is on this machine. */
export function EmptyModels({ children = 'No models are known.' }: { readonly children?: string }): ReactElement {
  return (
    <EmptyState Icon={Boxes} action={<Step href="/models" title="Open models" />}>
      {children}
    </EmptyState>
  );
}

function Step({ href, title }: { readonly href: string; readonly title: string }): ReactElement {
  return (
    <Link href={href} className="button button-small">
      {title}
    </Link>
  );
}

/** Whether the user has a permission. True until the permissions are known, so that the text does not change for users who have it. */
const useMayYet = (permission: Permission): boolean => useKnownMay(permission) !== false;
