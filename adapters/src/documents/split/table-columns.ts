import { lineEnd } from './markdown-sections.js';

const longestNames = 200;

/**
 * Finds the column names of the Markdown table around an offset. The result is undefined outside a table and in its first rows. Pass
 * offsets in ascending order, so that a long table is read only once.
 *
 * @example createTableColumns('| a | b |\\n| --- | --- |\\n| 1 | 2 |')(24) // 'a | b'
 */
export function createTableColumns(text: string): (offset: number) => string | undefined {
  let known: { readonly offset: number; readonly names: string } | undefined;
  return (offset) => {
    if (text[offset] !== '|') return undefined;
    let start = offset;
    while (start > 0) {
      if (known !== undefined && start <= known.offset) {
        known = { offset, names: known.names };
        return known.names;
      }
      const before = text.lastIndexOf('\n', start - 2) + 1;
      if (text[before] !== '|' || before === start) break;
      start = before;
    }
    if (start === offset) return undefined;
    const names = namesIn(text, start);
    if (names !== undefined) known = { offset, names };
    return names;
  };
}

function namesIn(text: string, start: number): string | undefined {
  const end = lineEnd(text, start);
  if (!/^\|(?:\s*:?-+:?\s*\|)+\s*$/.test(text.slice(end + 1, lineEnd(text, end + 1)))) return undefined;
  const names = text
    .slice(start, Math.min(end, start + 2_000))
    .split('|')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .join(' | ');
  return names === '' || names.length > longestNames ? undefined : names;
}
