import type { MergeConflict, WorkflowDocument } from '@heddle/core';

/** The subject of a conflict, as the user sees it. */
export interface ConflictText {
  readonly kind: 'Node' | 'Edge' | 'Workflow';
  readonly title: string;
  /** The changed field; empty if the conflict is about the whole element. */
  readonly field: string;
}

const headTitles: Readonly<Record<string, string>> = { name: 'Name', description: 'Description' };

/** Describes the subject of a conflict with the titles of the canvas. The path comes from `mergeDocuments`. */
export function conflictText(
  { path }: Pick<MergeConflict, 'path'>,
  mine: WorkflowDocument,
  theirs: WorkflowDocument,
): ConflictText {
  const [first = '', second = '', ...rest] = path.split('.');
  if (first === 'nodes') {
    const title = mine.nodes[second]?.title ?? theirs.nodes[second]?.title ?? second;
    // The form names the settings of a node without `config`.
    return { kind: 'Node', title, field: (rest[0] === 'config' ? rest.slice(1) : rest).join('.') };
  }
  if (first === 'edges') return { kind: 'Edge', title: [second, ...rest].join('.').replace('->', ' → '), field: '' };
  const inner = { mine: mine.workflows?.[second], theirs: theirs.workflows?.[second] };
  if (first === 'workflows' && rest.length > 0 && (inner.mine ?? inner.theirs) !== undefined) {
    const ours = inner.mine ?? inner.theirs;
    const others = inner.theirs ?? inner.mine;
    if (ours !== undefined && others !== undefined) {
      const innerConflict = conflictText({ path: rest.join('.') }, asDocument(ours), asDocument(others));
      return { ...innerConflict, title: `${second}: ${innerConflict.title}` };
    }
  }
  if (first === 'workflows') return { kind: 'Workflow', title: `Inside: ${second}`, field: rest.join('.') };
  return { kind: 'Workflow', title: headTitles[first] ?? first, field: [second, ...rest].filter(Boolean).join('.') };
}

/** The inner workflow as a document, so that its nodes are named by their titles too. */
const asDocument = (inner: NonNullable<WorkflowDocument['workflows']>[string]): WorkflowDocument => ({
  heddle: 2,
  name: '',
  ...inner,
});

/** One side of a conflict, shortened for display. */
export function valueText(value: unknown): string {
  if (value === undefined) return 'Removed';
  const text = typeof value === 'string' ? value : JSON.stringify(value, undefined, 1);
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
}

const mostCharacters = 400;
