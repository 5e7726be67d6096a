import type { ParsedDocument } from '@heddle/core';
import { mediaTypes } from '../../kinds/kinds.js';
import { createMarkdownWriter, type MarkdownWriter } from '../markdown-writer.js';
import { parseMarkdown } from '../markdown.js';

/** Converts Org to Markdown: headlines, lists, tables and code; drawers, settings and comments are left out. */
export function parseOrg(text: string): ParsedDocument {
  const writer = createMarkdownWriter();
  const lines = text.split('\n');
  let title: string | undefined;
  let paragraph: string[] = [];
  const flush = (): void => {
    if (paragraph.length > 0) writer.paragraph(inline(paragraph.join('\n')));
    paragraph = [];
  };
  for (let at = 0; at < lines.length;) {
    const line = lines[at] ?? '';
    title ??= /^#\+title:\s*(\S.*)$/i.exec(line)?.[1]?.trim();
    const block = blockAt(lines, at);
    if (block === undefined && isText(line)) {
      paragraph.push(line.trim());
      at += 1;
      continue;
    }
    flush();
    at = block === undefined ? writeLine(lines, at, writer) : block(writer);
  }
  flush();
  const document = parseMarkdown(writer.text(), mediaTypes.org);
  return title === undefined ? document : { ...document, title };
}

const item = /^(\s*)(?:[-+]|\s\*|\d+[.)])\s+(.*)$/;
const isText = (line: string): boolean =>
  line.trim() !== '' && !/^(?:\*+\s|\s*#|\s*\||\s*:\s?)/.test(line) && !item.test(line);

/** Finds the block, drawer or table that begins at a line. The returned function writes it and returns the line after it. */
function blockAt(lines: readonly string[], from: number): ((writer: MarkdownWriter) => number) | undefined {
  const line = lines[from] ?? '';
  const begin = /^\s*#\+begin_(\w+)\s*([\w+-]*)/i.exec(line);
  if (begin !== null) {
    const kind = begin[1]?.toLowerCase() ?? '';
    const found = lines.findIndex(
      (entry, index) => index > from && new RegExp(`^\\s*#\\+end_${kind}`, 'i').test(entry),
    );
    const end = found < 0 ? lines.length : found;
    const body = lines.slice(from + 1, end);
    return (writer) => {
      if (/^(?:src|example|export)$/.test(kind)) writer.code(body.join('\n'), begin[2] ?? '');
      else if (kind !== 'comment') writer.paragraph(inline(body.join('\n')));
      return end + 1;
    };
  }
  if (/^\s*:[A-Z_]+:\s*$/i.test(line)) {
    const end = lines.findIndex((entry, index) => index > from && /^\s*:END:\s*$/i.test(entry));
    return end < 0 ? undefined : () => end + 1;
  }
  if (!/^\s*\|/.test(line)) return undefined;
  let end = from;
  while (end < lines.length && /^\s*\|/.test(lines[end] ?? '')) end += 1;
  const rows = lines
    .slice(from, end)
    .filter((entry) => !/^\s*\|[-+]+\|?\s*$/.test(entry))
    .map((entry) =>
      entry
        .trim()
        .replace(/^\||\|$/g, '')
        .split('|')
        .map(inline),
    );
  return (writer) => {
    writer.table(rows);
    return end;
  };
}

function writeLine(lines: readonly string[], at: number, writer: MarkdownWriter): number {
  const line = lines[at] ?? '';
  const headline = /^(\*+)\s+(?:(?:TODO|DONE|NEXT|WAITING)\s+)?(?:\[#[A-Z]\]\s+)?(.*?)(?:\s+:[\w@:]+:)?\s*$/.exec(line);
  if (headline !== null) {
    writer.heading(headline[1]?.length ?? 1, inline(headline[2] ?? ''));
    return at + 1;
  }
  const entry = item.exec(line);
  if (entry !== null) {
    let end = at + 1;
    const depth = entry[1]?.length ?? 0;
    const more: string[] = [];
    while (
      end < lines.length &&
      /^\s+\S/.test(lines[end] ?? '') &&
      !item.test(lines[end] ?? '') &&
      (lines[end] ?? '').search(/\S/) > depth
    ) {
      more.push((lines[end] ?? '').trim());
      end += 1;
    }
    writer.item(Math.floor(depth / 2), inline([entry[2] ?? '', ...more].join(' ').replace(/^\[[ X-]\]\s+/, '')));
    return end;
  }
  // Lines that begin with a colon are literal.
  const fixed = /^\s*:\s(.*)$/.exec(line);
  if (fixed !== null) writer.code(fixed[1] ?? '');
  else if (/^\s*#\+(?:caption|author|date|subtitle):/i.test(line))
    writer.paragraph(
      line.replace(
        /^\s*#\+(\w)(\w*):\s*/,
        (_, first: string, rest: string) => `${first.toUpperCase()}${rest.toLowerCase()}: `,
      ),
    );
  else if (/^\s*:\S/.test(line)) writer.paragraph(line);
  return at + 1;
}

/** Text without link markup. */
const inline = (text: string): string =>
  text
    .replace(/\[\[[^\]]+\]\[([^\]]+)\]\]/g, '$1')
    .replace(/\[\[([^\]]+)\]\]/g, '$1')
    .replace(/(?<![\w])[=~]([^=~\n]+)[=~](?!\w)/g, '`$1`');
