import type { Permission } from '@heddle/core';
import { Boxes, History, LibraryBig, Workflow, type LucideIcon } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { useKnownMay } from '../../data/access/me-store.js';
import { Link } from '../../ui/navigation/Link.js';
import { templatesPath } from '../../ui/navigation/route.js';

/** What a part of the start page shows before it has content: a picture, a sentence, and the first step. */
function EmptyState({
  Icon,
  text,
  children,
}: {
  readonly Icon: LucideIcon;
  readonly text: string;
  readonly children?: ReactNode;
}): ReactElement {
  return (
    <div className="home-empty">
      <Icon size={28} strokeWidth={1.25} aria-hidden />
      <p>{text}</p>
      {children}
    </div>
  );
}

/** The empty states of the start page; the first step is only for users who may take it. */
export function useEmptyStates(): Readonly<Record<'workflows' | 'runs' | 'collections', ReactNode>> {
  const mayMake = useMayYet('workflow:write');
  const mayRun = useMayYet('run:draft');
  const mayCollect = useMayYet('collection:write');
  const step = (href: string, title: string): ReactElement => (
    <Link href={href} className="button button-small">
      {title}
    </Link>
  );
  return {
    workflows: mayMake ? (
      <EmptyState
        Icon={Workflow}
        text="No workflows yet. A workflow is a graph of nodes that reads, searches and writes."
      >
        {step(templatesPath(), 'Browse templates')}
      </EmptyState>
    ) : (
      <EmptyState Icon={Workflow} text="No workflows yet." />
    ),
    runs: mayRun ? (
      <EmptyState Icon={History} text="No runs yet. Runs from the editor, the API and the command line appear here.">
        {step(templatesPath(), 'Try a template')}
      </EmptyState>
    ) : (
      <EmptyState Icon={History} text="No runs yet. Runs from the editor, the API and the command line appear here." />
    ),
    collections: mayCollect ? (
      <EmptyState Icon={LibraryBig} text="No collections yet. They hold the documents that workflows search.">
        {step('/collections', 'Create a collection')}
      </EmptyState>
    ) : (
      <EmptyState Icon={LibraryBig} text="No collections yet. They hold the documents that workflows search." />
    ),
  };
}

/** Shown while no model is known or here. */
export function EmptyModels({ text = 'No models are known.' }: { readonly text?: string }): ReactElement {
  return (
    <EmptyState Icon={Boxes} text={text}>
      <Link href="/models" className="button button-small">
        Open models
      </Link>
    </EmptyState>
  );
}

/** Whether the user has the right, as far as known: the text does not change on the screen of a user who has it. */
const useMayYet = (permission: Permission): boolean => useKnownMay(permission) !== false;
