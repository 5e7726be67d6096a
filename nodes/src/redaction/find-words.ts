import { isBorder, type Detector, type Finding } from './finding.js';

/**
 * Finds the words and phrases of a list as whole words, in any case. They are looked up by their first word, so that a long list is as fast
 * as a short one.
 */
export function wordList(kind: string, list: readonly string[]): Detector {
  const byFirst = new Map<string, string[]>();
  for (const entry of list) {
    const phrase = entry.trim().toLowerCase().replace(/\s+/g, ' ');
    const first = /^[\p{L}\p{N}_]+/u.exec(phrase)?.[0] ?? phrase.slice(0, 1);
    if (phrase !== '')
      byFirst.set(
        first,
        [...(byFirst.get(first) ?? []), phrase].sort((a, b) => b.length - a.length),
      );
  }
  return {
    kind,
    readsWritten: true,
    find(text) {
      if (byFirst.size === 0) return [];
      // For a few letters, lower case has another length. Texts with such letters are compared unchanged.
      const lower = text.toLowerCase();
      const compared = lower.length === text.length ? lower : text;
      const findings: Finding[] = [];
      let free = 0;
      for (const { 0: word, index } of compared.matchAll(/[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu)) {
        if (index < free) continue;
        const phrase = byFirst
          .get(word)
          ?.find((entry) => compared.startsWith(entry, index) && isBorder(text, index + entry.length));
        if (phrase === undefined) continue;
        free = index + phrase.length;
        findings.push({ kind, start: index, end: free });
      }
      return findings;
    },
  };
}

const classes: Readonly<Record<string, string>> = { '#': '\\d', '@': '\\p{L}', '*': '[\\p{L}\\p{N}]' };

/**
 * Finds custom numbers by a pattern: `#` is a digit, `@` a letter, `*` either, and every other character stands for itself. A pattern has
 * no repetition, so that no text can make it slow.
 *
 * @example mask('CUSTOMER', 'KD-####-@@').find('see KD-2041-AB') // [{ kind: 'CUSTOMER', start: 4, end: 14 }]
 */
export function mask(kind: string, form: string): Detector {
  const source = Array.from(
    form,
    (character) => classes[character] ?? character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&'),
  ).join('');
  const pattern = new RegExp(source, 'gu');
  return {
    kind,
    readsWritten: true,
    find: (text) =>
      form === ''
        ? []
        : [...text.matchAll(pattern)].flatMap(({ 0: found, index }) => {
            const end = index + found.length;
            return isBorder(text, index) && isBorder(text, end) ? [{ kind, start: index, end }] : [];
          }),
  };
}
