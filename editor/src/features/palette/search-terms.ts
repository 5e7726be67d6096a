/** Words that say nothing in a search. */
const fillers = new Set([
  'a',
  'an',
  'the',
  'to',
  'of',
  'for',
  'my',
  'with',
  'in',
  'on',
  'from',
  'and',
  'or',
  'is',
  'node',
]);

/** The terms of a search in lower case, without fillers. A search that consists only of fillers keeps them. */
export function termsOf(query: string): readonly string[] {
  const all = plain(query)
    .split(' ')
    .filter((term) => term !== '');
  const telling = all.filter((term) => !fillers.has(term));
  return telling.length === 0 ? all : telling;
}

/** Normalises a text for the search: lower case, single spaces. */
export const plain = (text: string): string => text.toLowerCase().trim().replaceAll(/\s+/g, ' ');

/**
 * A term and its simpler forms: without a plural ending or the ending of a verb.
 *
 * @example formsOf('categories') // ['categories', 'category', 'categorie']
 */
export function formsOf(term: string): readonly string[] {
  const forms = [term];
  if (term.endsWith('ies') && term.length > 4) forms.push(`${term.slice(0, -3)}y`);
  if (/[^s]s$/.test(term) && term.length > 3) forms.push(term.slice(0, -1));
  if (term.endsWith('es') && term.length > 4) forms.push(term.slice(0, -2));
  if (/(?:ing|ers?|ed)$/.test(term) && term.length > 6) forms.push(term.replace(/(?:ing|ers?|ed)$/, ''));
  return forms;
}

/** How a term matches a text: all of it, its start, the start of a word, or the inside of a word. Undefined means no match. */
export type Match = 'whole' | 'start' | 'part' | 'inside';

/** A shorter term does not match inside a word: `if` is not found in `classify`. */
const insideFrom = 3;

/** The best match of a term in a text that `plain` has normalised. */
export function matchIn(text: string, term: string): Match | undefined {
  if (text === term) return 'whole';
  if (text.startsWith(term)) return 'start';
  const at = text.indexOf(term);
  if (at < 0) return undefined;
  if (text.split(/[\s\-/.]+/).some((part) => part.startsWith(term))) return 'part';
  return term.length >= insideFrom ? 'inside' : undefined;
}

/**
 * Whether a term equals a text except for a typing error: one edit, or two in a long term. A term of three letters may only have letters in
 * another order.
 */
export function isNearly(text: string, term: string): boolean {
  if (term.length < 3 || text.length < 3 || text === term) return text === term;
  if (term.length === 3) return text.length === 3 && hasSameLetters(text, term);
  return editsBetween(text, term) <= (term.length >= 8 ? 2 : 1);
}

const hasSameLetters = (text: string, term: string): boolean =>
  text.split('').sort().join('') === term.split('').sort().join('');

/** The number of edits between two texts. Swapping two adjacent letters counts as one. */
function editsBetween(from: string, to: string): number {
  if (Math.abs(from.length - to.length) > 2) return 3;
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const isSame = from[i - 1] === to[j - 1];
      let least = Math.min(at(rows, i - 1, j) + 1, at([row], 0, j - 1) + 1, at(rows, i - 1, j - 1) + (isSame ? 0 : 1));
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1])
        least = Math.min(least, at(rows, i - 2, j - 2) + 1);
      row.push(least);
    }
    rows.push(row);
  }
  return at(rows, from.length, to.length);
}

const at = (rows: readonly (readonly number[])[], row: number, column: number): number => rows[row]?.[column] ?? 0;
