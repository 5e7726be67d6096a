import type { DocumentDiff, EdgeChange, FieldChange, GraphDiff, InnerChange, NodeChange } from './document-diff.js';

/** A diff as lines for a terminal or a review: `+` added, `-` removed, `~` changed; prompts show `[-removed-]{+added+}`. */
export function diffText(diff: DocumentDiff): string {
  const lines = [
    ...diff.fields.map((field) => `~ workflow ${fieldText(field)}`),
    ...graphLines(diff),
    ...diff.workflows.flatMap(innerLines),
    ...(diff.isLayoutChanged ? ['~ layout'] : []),
  ];
  return lines.length === 0 ? 'No difference.' : lines.join('\n');
}

const sign = { added: '+', removed: '-', changed: '~', renamed: '~' } as const;

function innerLines(inner: InnerChange): string[] {
  const head = `${sign[inner.change]} workflow #${inner.name}`;
  const own = inner.fields.map((field) => `  ~ ${fieldText(field)}`);
  return [head, ...own, ...graphLines(inner).map((line) => `  ${line}`)];
}

function graphLines({ nodes, edges }: Pick<GraphDiff, 'nodes' | 'edges'>): string[] {
  return [...nodes.flatMap(nodeLines), ...edges.flatMap(edgeLines)];
}

function nodeLines({ id, change, from, type, fields }: NodeChange): string[] {
  const name = from === undefined ? id : `${from} → ${id}`;
  return [`${sign[change]} node ${name} (${type})`, ...fields.map((field) => `    ${fieldText(field)}`)];
}

function edgeLines({ id, change, fields }: EdgeChange): string[] {
  return [`${sign[change]} edge ${id.replace('->', ' → ')}`, ...fields.map((field) => `    ${fieldText(field)}`)];
}

function fieldText({ path, before, after, words }: FieldChange): string {
  if (words !== undefined) {
    const text = words
      .map(({ type, text: part }) => (type === 'same' ? part : type === 'added' ? `{+${part}+}` : `[-${part}-]`))
      .join('');
    return `${path}: ${text.replace(/\n/g, '↵')}`;
  }
  const say = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));
  return `${path}: ${say(before)} → ${say(after)}`;
}
