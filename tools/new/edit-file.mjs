import { readFileSync, writeFileSync } from 'node:fs';

/** Replaces the text of a file with what `edit` returns for it. */
export function editFile(file, edit) {
  writeFileSync(file, edit(readFileSync(file, 'utf8')));
}

/**
 * Inserts a line into the block of lines that match `pattern`, before the first greater one.
 *
 * @example insertSorted(text, /^import .+\.node\.js';$/, "import { wait } from './wait.node.js';");
 */
export function insertSorted(text, pattern, line) {
  const lines = text.split('\n');
  const first = lines.findIndex((content) => pattern.test(content));
  if (first === -1) throw new Error(`No line matches ${pattern}.`);
  let index = first;
  while (pattern.test(lines[index]) && lines[index] < line) index += 1;
  return [...lines.slice(0, index), line, ...lines.slice(index)].join('\n');
}

/** Inserts a text before the first `end` that follows `start`. */
export function insertBefore(text, start, end, inserted) {
  const from = text.indexOf(start);
  const at = from === -1 ? -1 : text.indexOf(end, from + start.length);
  if (at === -1) throw new Error(`${JSON.stringify(end)} does not follow ${JSON.stringify(start)}.`);
  return text.slice(0, at) + inserted + text.slice(at);
}

/** Inserts a line after the last line that matches `pattern`. */
export function insertAfterLast(text, pattern, line) {
  const lines = text.split('\n');
  const last = lines.findLastIndex((content) => pattern.test(content));
  if (last === -1) throw new Error(`No line matches ${pattern}.`);
  return lines.toSpliced(last + 1, 0, line).join('\n');
}
