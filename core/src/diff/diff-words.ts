/** A sequence of words in both texts or in one of them. `same` and `removed` form the old text, `same` and `added` the new text. */
export interface WordChange {
  readonly type: 'same' | 'added' | 'removed';
  readonly text: string;
}

/** For longer changes, the middle is one removed and one added part, because a diff must not take a second. */
const mostCells = 1_000_000;

/**
 * Compares two texts word by word (longest common subsequence). Spaces belong to the word before them.
 *
 * @example diffWords('the red house', 'the blue house') // same 'the ', removed 'red ', added 'blue ', same 'house'
 */
export function diffWords(before: string, after: string): readonly WordChange[] {
  const a = wordsOf(before);
  const b = wordsOf(after);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail])
    tail += 1;
  const changes: WordChange[] = [];
  add(changes, 'same', a.slice(0, head));
  const middleA = a.slice(head, a.length - tail);
  const middleB = b.slice(head, b.length - tail);
  if (middleA.length * middleB.length > mostCells) {
    add(changes, 'removed', middleA);
    add(changes, 'added', middleB);
  } else compare(middleA, middleB, changes);
  add(changes, 'same', a.slice(a.length - tail));
  return changes;
}

const wordsOf = (text: string): readonly string[] => text.match(/\s+|\S+\s*/g) ?? [];

function add(changes: WordChange[], type: WordChange['type'], words: readonly string[]): void {
  if (words.length === 0) return;
  const text = words.join('');
  const last = changes.at(-1);
  if (last?.type === type) changes[changes.length - 1] = { type, text: last.text + text };
  else changes.push({ type, text });
}

function compare(a: readonly string[], b: readonly string[], changes: WordChange[]): void {
  const width = b.length + 1;
  // lengths[i * width + j]: longest common subsequence of a from i and b from j.
  const lengths = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      add(changes, 'same', a.slice(i, i + 1));
      i += 1;
      j += 1;
    } else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1))) {
      add(changes, 'removed', a.slice(i, i + 1));
      i += 1;
    } else {
      add(changes, 'added', b.slice(j, j + 1));
      j += 1;
    }
  }
}
