import type { MergeConflict, WorkflowDocument } from '@heddle/core';

/** A place that both changed, for people. */
export interface ConflictWords {
  readonly kind: 'Node' | 'Thread' | 'Workflow';
  readonly title: string;
  /** The field of it; empty where it is the whole. */
  readonly field: string;
}

const headTitles: Readonly<Record<string, string>> = { name: 'Name', description: 'Description' };

/** What a conflict is about: its path, as `mergeDocuments` gives it, in the names that the canvas shows. */
export function conflictWords(
  { path }: Pick<MergeConflict, 'path'>,
  mine: WorkflowDocument,
  theirs: WorkflowDocument,
): ConflictWords {
  const [first = '', second = '', ...rest] = path.split('.');
  if (first === 'nodes') {
    const title = mine.nodes[second]?.title ?? theirs.nodes[second]?.title ?? second;
    // The settings of a node are what its form shows: nobody says `config` to them.
    return { kind: 'Node', title, field: (rest[0] === 'config' ? rest.slice(1) : rest).join('.') };
  }
  if (first === 'edges') return { kind: 'Thread', title: [second, ...rest].join('.').replace('->', ' → '), field: '' };
  const inner = { mine: mine.workflows?.[second], theirs: theirs.workflows?.[second] };
  if (first === 'workflows' && rest.length > 0 && (inner.mine ?? inner.theirs) !== undefined) {
    const [ours, others] = [inner.mine ?? inner.theirs, inner.theirs ?? inner.mine];
    if (ours !== undefined && others !== undefined) {
      const words = conflictWords({ path: rest.join('.') }, asDocument(ours), asDocument(others));
      return { ...words, title: `${second}: ${words.title}` };
    }
  }
  if (first === 'workflows') return { kind: 'Workflow', title: `Inside: ${second}`, field: rest.join('.') };
  return { kind: 'Workflow', title: headTitles[first] ?? first, field: [second, ...rest].filter(Boolean).join('.') };
}

/** A workflow inside has nodes with titles like the one around it. */
const asDocument = (inner: NonNullable<WorkflowDocument['workflows']>[string]): WorkflowDocument => ({
  heddle: 1,
  name: '',
  ...inner,
});

/** A side of a conflict, short enough to be looked at. */
export function valueWords(value: unknown): string {
  if (value === undefined) return 'It is not there';
  const text = typeof value === 'string' ? value : JSON.stringify(value, undefined, 1);
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
}

const mostCharacters = 400;
