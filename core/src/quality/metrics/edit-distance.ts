import { checkComparisons } from './score.js';

/**
 * Returns the minimum number of inserted, deleted and replaced characters that turn one text into the other (Levenshtein, 1966), like
 * `rapidfuzz`.
 */
export function editDistance(first: string, second: string): number {
  const [shorter, longer] = [Array.from(first), Array.from(second)].sort((a, b) => a.length - b.length) as [
    string[],
    string[],
  ];
  checkComparisons(shorter.length, longer.length);
  let row = Uint32Array.from({ length: shorter.length + 1 }, (_, at) => at);
  let next = new Uint32Array(row.length);
  for (const [index, character] of longer.entries()) {
    next[0] = index + 1;
    for (let at = 0; at < shorter.length; at += 1) {
      const replaced = (row[at] ?? 0) + (shorter[at] === character ? 0 : 1);
      next[at + 1] = Math.min(replaced, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1);
    }
    [row, next] = [next, row];
  }
  return row[shorter.length] ?? 0;
}

/**
 * Converts the edit distance to a similarity from 0 to 1, like `rapidfuzz.distance.Levenshtein.normalized_similarity`. Two empty texts are
 * equal.
 */
export function textSimilarity(first: string, second: string): number {
  const longest = Math.max(Array.from(first).length, Array.from(second).length);
  return longest === 0 ? 1 : 1 - editDistance(first, second) / longest;
}
