import type { DocumentDiff, FieldChange } from '@heddle/core';

/** The display path of a field: `config.model` is `model`, `run.retry.attempts` stays. */
export function fieldName(path: string): string {
  return path.startsWith('config.') ? path.slice('config.'.length) : path;
}

export function fieldValue(value: unknown): string {
  if (value === undefined) return 'not set';
  return typeof value === 'string' ? value : (JSON.stringify(value, null, 1)?.replace(/\n\s*/g, ' ') ?? '');
}

/** Whether a changed text is shown word by word: only if the two texts have words in common. */
export function isWordwise({ words: changes }: FieldChange): boolean {
  return changes?.some(({ type, text }) => type === 'same' && text.trim() !== '') === true;
}

/** A summary of the changes: `Nodes: 2 changed, 1 added · 3 edges`. */
export function diffSummary(diff: DocumentDiff): string {
  const count = (change: string): number =>
    diff.nodes.filter((node) => (node.change === 'renamed' ? 'changed' : node.change) === change).length;
  const nodes = (['added', 'changed', 'removed'] as const).flatMap((change) =>
    count(change) === 0 ? [] : [`${count(change)} ${change}`],
  );
  const parts = [
    nodes.length === 0 ? undefined : `Nodes: ${nodes.join(', ')}`,
    diff.edges.length === 0 ? undefined : diff.edges.length === 1 ? '1 edge' : `${diff.edges.length} edges`,
    diff.fields.length === 0 ? undefined : diff.fields.map(({ path }) => path).join(', '),
    diff.workflows.length === 0
      ? undefined
      : diff.workflows.length === 1
        ? '1 inner workflow'
        : `${diff.workflows.length} inner workflows`,
  ].filter((part) => part !== undefined);
  if (parts.length > 0) return parts.join(' · ');
  return diff.isLayoutChanged ? 'Only positions on the canvas changed' : 'No changes';
}

const shownAround = 160;

/** Shortens the unchanged part between changes to the text next to them. */
export function shortenSame(text: string, isFirst: boolean, isLast: boolean): string {
  const room = (isFirst ? 0 : shownAround) + (isLast ? 0 : shownAround);
  if (text.length <= room + shownAround) return text;
  const head = isFirst ? '' : text.slice(0, shownAround);
  const tail = isLast ? '' : text.slice(-shownAround);
  return `${head} … ${tail}`;
}
