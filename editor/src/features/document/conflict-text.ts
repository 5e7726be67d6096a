import type { MergeConflict, WorkflowDocument } from '@heddle/core';

/** A conflicting value for display. */
export interface ConflictText {
  readonly kind: 'Node' | 'Edge' | 'Workflow';
  readonly title: string;
  /** The field; empty where it is the whole. */
  readonly field: string;
}

const headTitles: Readonly<Record<string, string>> = { name: 'Name', description: 'Description' };

/** The subject of a conflict, from its path in `mergeDocuments`, with the names that the canvas shows. */
export function conflictText(
  { path }: Pick<MergeConflict, 'path'>,
  mine: WorkflowDocument,
  theirs: WorkflowDocument,
): ConflictText {
  const [first = '', second = '', ...rest] = path.split('.');
  if (first === 'nodes') {
    const title = mine.nodes[second]?.title ?? theirs.nodes[second]?.title ?? second;
    // The form shows a node's settings without the word `config`.
    return { kind: 'Node', title, field: (rest[0] === 'config' ? rest.slice(1) : rest).join('.') };
  }
  if (first === 'edges') return { kind: 'Edge', title: [second, ...rest].join('.').replace('->', ' → '), field: '' };
  const inner = { mine: mine.workflows?.[second], theirs: theirs.workflows?.[second] };
  if (first === 'workflows' && rest.length > 0 && (inner.mine ?? inner.theirs) !== undefined) {
    const ours = inner.mine ?? inner.theirs;
    const others = inner.theirs ?? inner.mine;
    if (ours !== undefined && others !== undefined) {
      const caption = conflictText({ path: rest.join('.') }, asDocument(ours), asDocument(others));
      return { ...caption, title: `${second}: ${caption.title}` };
    }
  }
  if (first === 'workflows') return { kind: 'Workflow', title: `Inside: ${second}`, field: rest.join('.') };
  return { kind: 'Workflow', title: headTitles[first] ?? first, field: [second, ...rest].filter(Boolean).join('.') };
}

/** An inner workflow has nodes with titles like the outer one. */
const asDocument = (inner: NonNullable<WorkflowDocument['workflows']>[string]): WorkflowDocument => ({
  heddle: 2,
  name: '',
  ...inner,
});

/** One side of a conflict, shortened for display. */
export function valueCaption(value: unknown): string {
  if (value === undefined) return 'Removed';
  const text = typeof value === 'string' ? value : JSON.stringify(value, undefined, 1);
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
}

const mostCharacters = 400;
