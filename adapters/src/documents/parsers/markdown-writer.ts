import { tableText, type TableRows } from './tables/table-text.js';

/** Writes the parts of a document of any format as Markdown. */
export interface MarkdownWriter {
  heading(level: number, text: string): void;
  paragraph(text: string): void;
  /** A list item; level 0 is the outermost. */
  item(level: number, text: string): void;
  table(rows: TableRows): void;
  code(text: string, language?: string): void;
  /** Appends text that is already Markdown. */
  raw(text: string): void;
  /** The length of the text so far, including the gap before the next part. */
  length(): number;
  text(): string;
}

export function createMarkdownWriter(): MarkdownWriter {
  const parts: string[] = [];
  let length = 0;
  let wasItem = false;
  const add = (part: string, isItem = false): void => {
    if (part === '') return;
    const gap = parts.length === 0 ? '' : isItem && wasItem ? '\n' : '\n\n';
    parts.push(gap + part);
    length += gap.length + part.length;
    wasItem = isItem;
  };
  return {
    heading: (level, text) => {
      const line = oneLine(text);
      if (line !== '') add(`${'#'.repeat(Math.min(Math.max(level, 1), 6))} ${line}`);
    },
    paragraph: (text) => add(plainLines(text)),
    item: (level, text) => {
      const line = oneLine(text);
      if (line !== '') add(`${'  '.repeat(Math.min(Math.max(level, 0), 8))}- ${line}`, true);
    },
    table: (rows) => add(tableText(rows)),
    code: (text, language = '') => {
      if (text.trim() === '') return;
      const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`{3,}/g)].map(([run]) => run.length + 1)));
      add(`${fence}${language}\n${text.replace(/\n+$/, '')}\n${fence}`);
    },
    raw: (text) => add(text.trim()),
    length: () => (parts.length === 0 ? 0 : length + 2),
    text: () => parts.join(''),
  };
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Trims the ends of lines, and escapes what Markdown would read as a heading. */
const plainLines = (text: string): string =>
  text
    .split('\n')
    .map((line) =>
      line
        .replace(/[^\S\n]+/g, ' ')
        .trim()
        .replace(/^(#{1,6}\s)/, '\\$1'),
    )
    .filter((line) => line !== '')
    .join('\n');
