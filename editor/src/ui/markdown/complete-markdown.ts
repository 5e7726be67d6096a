/** Matches an unfinished last line: the beginning of a list, a heading, a rule, a code fence or a table row. */
const barelyBegun = /(^|\n)(?:[ \t>]*[-*+=_~`#|>:][-*+=_~`#|>: \t]*|[ \t]*\d{1,3}[.)]?[ \t]*)$/;

/**
 * Removes an ambiguous last line, so that a `-` is not shown as a rule, a heading or a word until its meaning is clear. A text that
 * consists only of a number stays.
 */
export function withoutBareLine(text: string): string {
  const match = barelyBegun.exec(text);
  if (match === null || (match.index === 0 && /^\s*\d/.test(match[0]))) return text;
  return text.slice(0, match.index + (match[1] ?? '').length);
}

/**
 * Completes streaming Markdown in the way in which it will probably continue: bold text is bold before its end, an unfinished link is shown
 * as its text, and the head of a table is a table.
 *
 * @example completeMarkdown('It is **very') // 'It is **very**'
 */
export function completeMarkdown(text: string): string {
  const known = withoutBareLine(text);
  const begin = lastPiece(known);
  return known.slice(0, begin) + completeInline(withTable(known.slice(begin)));
}

/** The start of the last paragraph, list item, heading or row. Emphasis never continues beyond these. */
function lastPiece(text: string): number {
  const lines = /(?:^|\n)(?=[ \t]*(?:\n|[-*+] |\d{1,3}[.)] |#{1,6} |> ?|\|))/g;
  let begin = 0;
  for (const match of text.matchAll(lines)) begin = match.index;
  return begin;
}

/** Completes the header row of a table, until the line below it has arrived. */
function withTable(piece: string): string {
  const row = /^\|([^\n]*)\n?$/.exec(piece)?.[1];
  if (row === undefined) return piece;
  const cells = row.replace(/\|\s*$/, '').split('|').length;
  return `${piece.trimEnd().replace(/\|$/, '')}|\n|${'---|'.repeat(cells)}`;
}

/** An emphasis mark that has not been closed yet. */
interface Open {
  readonly mark: string;
}

function completeInline(piece: string): string {
  const opened: Open[] = [];
  let text = '';
  let at = 0;
  while (at < piece.length) {
    const char = piece.charAt(at);
    if (char === '\\') {
      text += piece.slice(at, at + 2);
      at += 2;
    } else if (char === '`') {
      const run = runAt(piece, at);
      const end = endOfCode(piece, at + run.length, run);
      if (end === undefined) return closed(text + openCode(piece.slice(at), run), opened);
      text += piece.slice(at, end);
      at = end;
    } else if (char === '[' || (char === '!' && piece.charAt(at + 1) === '[')) {
      const [label, end] = readLink(piece, at);
      text += label;
      at = end;
    } else if (char === '*' || char === '_' || char === '~') {
      const run = runAt(piece, at);
      text += emphasis(piece, at, run, opened);
      at += run.length;
    } else {
      text += char;
      at += 1;
    }
  }
  return closed(text, opened);
}

function runAt(text: string, at: number): string {
  let end = at;
  while (text.charAt(end) === text.charAt(at) && end < text.length) end += 1;
  return text.slice(at, end);
}

function endOfCode(text: string, from: number, run: string): number | undefined {
  for (let at = text.indexOf('`', from); at !== -1;) {
    const other = runAt(text, at);
    if (other === run) return at + run.length;
    at = text.indexOf('`', at + other.length);
  }
  return undefined;
}

/** Closes unfinished code and removes a partial end mark. Returns nothing if the code is empty. */
function openCode(rest: string, run: string): string {
  const inside = rest.slice(run.length).replace(/`+$/, '');
  return inside.trim() === '' ? '' : `${run}${inside}${run}`;
}

/**
 * Reads a link or image that starts at a bracket, and returns where the rest starts. An unfinished link becomes its text, an unfinished
 * image nothing.
 */
function readLink(piece: string, at: number): readonly [label: string, end: number] {
  const isPicture = piece.charAt(at) === '!';
  const begin = at + (isPicture ? 2 : 1);
  const end = piece.indexOf(']', begin);
  if (end === -1) return isPicture ? ['', piece.length] : ['', begin];
  const label = piece.slice(begin, end);
  const next = piece.charAt(end + 1);
  const isNumber = /^(?:\d{1,3}|[ xX]?)$/.test(label);
  if (next === '' && !isNumber) return [isPicture ? '' : label, end + 1];
  if (next !== '(' || isNumber) return [piece.slice(at, begin), begin];
  const address = piece.indexOf(')', end + 1);
  if (address === -1) return [isPicture ? '' : label, piece.length];
  return [piece.slice(at, address + 1), address + 1];
}

/**
 * Reads a run of emphasis marks. It is kept if it opens or closes emphasis, and left out if it is at the end of the text and does neither
 * yet.
 */
function emphasis(piece: string, at: number, run: string, opened: Open[]): string {
  const before = piece.charAt(at - 1);
  const after = piece.charAt(at + run.length);
  const isInWord = /[\p{L}\p{N}]/u;
  const canClose = before !== '' && !/\s/.test(before);
  const last = opened.at(-1);
  if (canClose && last !== undefined && last.mark.startsWith(run.charAt(0))) {
    // Only the first part of a closing mark has arrived; `closed` adds the whole mark.
    if (after === '' && run.length < last.mark.length) return '';
    // A longer run also closes outer marks: `***` closes both `*` and `**`.
    for (let left = run.length; left > 0;) {
      const inner = opened.pop()?.mark;
      if (inner === undefined) break;
      if (inner.length > left) opened.push({ mark: inner.slice(left) });
      left -= inner.length;
    }
    return run;
  }
  if (after === '') return '';
  const isWorth = run.startsWith('~') ? run.length === 2 : run.length <= 3;
  if (!/\s/.test(after) && isWorth && !(isInWord.test(before) && (run.startsWith('_') || run.length === 1)))
    opened.push({ mark: run });
  return run;
}

/** Closes all open marks. The end marks come before trailing spaces, because a space before an end mark would prevent the emphasis. */
function closed(text: string, opened: readonly Open[]): string {
  if (opened.length === 0) return text;
  const space = /\s*$/.exec(text)?.[0] ?? '';
  const ends = opened.map(({ mark }) => mark).reverse();
  return text.slice(0, text.length - space.length) + ends.join('') + space;
}
