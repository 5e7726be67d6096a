import type { ParsedDocument } from '@heddle/core';
import { mediaTypes } from '../../kinds/kinds.js';
import { createMarkdownWriter, type MarkdownWriter } from '../markdown-writer.js';
import { parseMarkdown } from '../markdown.js';
import { readGridTable, readSimpleTable } from './rst-tables.js';

const adornment = /^([!-/:-@[-`{-~])\1{1,}\s*$/;
const directive = /^\.\. (?:\|[^|]+\| )?([\w:.-]+)::(?:\s+(.*))?$/;
/** Directives whose text is literal. */
const literal = /^(?:code|code-block|sourcecode|literalinclude|parsed-literal|prompt|highlight|doctest|testcode|math)$/;

/** Converts reStructuredText to Markdown: sections, code, tables and the text of directives; markup, targets and comments are left out. */
export function parseRst(text: string): ParsedDocument {
  const writer = createMarkdownWriter();
  writeLines(text.replaceAll('\t', '        ').split('\n'), writer, []);
  return parseMarkdown(writer.text(), mediaTypes.rst);
}

/** `styles` collects the underline characters of headings: the first one in a text marks the highest level. */
function writeLines(lines: readonly string[], writer: MarkdownWriter, styles: string[]): void {
  for (let at = 0; at < lines.length;) at = writeBlock(lines, at, writer, styles);
}

function writeBlock(lines: readonly string[], at: number, writer: MarkdownWriter, styles: string[]): number {
  const line = lines[at] ?? '';
  const next = lines[at + 1] ?? '';
  if (line.trim() === '') return at + 1;
  if (
    adornment.test(line) &&
    next.trim() !== '' &&
    !adornment.test(next) &&
    (lines[at + 2] ?? '').trim() === line.trim()
  ) {
    writer.heading(levelOf(`${line[0] ?? ''}over`, styles), inline(next.trim()));
    return at + 3;
  }
  if (/^\+[-=+]+\+\s*$/.test(line)) {
    const { rows, end } = readGridTable(lines, at);
    writer.table(rows.map((cells) => cells.map(inline)));
    return end;
  }
  if (/^={2,}(?:\s+={2,})+\s*$/.test(line)) {
    const { rows, end } = readSimpleTable(lines, at);
    writer.table(rows.map((cells) => cells.map(inline)));
    return end;
  }
  if (adornment.test(line)) return at + 1; // a transition
  if (adornment.test(next) && next.trim().length >= Math.min(line.trim().length, 4) && !/^\s/.test(line)) {
    writer.heading(levelOf(next[0] ?? '', styles), inline(line.trim()));
    return at + 2;
  }
  if (/^\.\.(?:\s|$)/.test(line)) return writeExplicit(lines, at, writer, styles);
  if (/^\s*:[\w -]{1,60}:(?:\s|$)/.test(line) || /^\s/.test(line)) return writeIndented(lines, at, writer, styles);
  return writeParagraph(lines, at, writer);
}

/** Directives, targets, footnotes and comments. */
function writeExplicit(lines: readonly string[], at: number, writer: MarkdownWriter, styles: string[]): number {
  const end = endOfIndented(lines, at + 1);
  const line = lines[at] ?? '';
  const body = outdent(lines.slice(at + 1, end));
  const note = /^\.\. \[([^\]]+)\]\s+(.*)$/.exec(line);
  const [, name = '', argument = ''] = directive.exec(line) ?? [];
  if (note !== null) writer.paragraph(inline([`[${note[1] ?? ''}] ${note[2] ?? ''}`, ...body].join(' ')));
  else if (name !== '') {
    const options = body.findIndex((entry) => !/^:[\w-]+:/.test(entry));
    const rest = options < 0 ? [] : body.slice(options);
    if (literal.test(name)) {
      if (/^(?:math|prompt)$/.test(name) && argument !== '') writer.paragraph(argument);
      writer.code(rest.join('\n'), /^[\w+-]+$/.test(argument) ? argument : '');
    } else {
      if (
        argument !== '' &&
        !/^(?:image|include|toctree|contents|raw|role|default-role|currentmodule|module)$/.test(name)
      )
        writer.paragraph(inline(argument));
      if (name === 'image' || name === 'figure')
        writer.paragraph(body.flatMap((entry) => /^:alt:\s*(.*)$/.exec(entry)?.[1] ?? []).join(' '));
      if (name === 'csv-table') for (const row of rest) writer.paragraph(row);
      else writeLines(rest, writer, styles);
    }
  } else if (!/^\.\. _|^__ |^\.\. \|/.test(line) && body.length === 0 && !/^\.\.\s*$/.test(line)) return end; // a comment
  return end;
}

/** An indented block: code after `::`, a quotation, or fields such as `:Author: Ada`. */
function writeIndented(lines: readonly string[], at: number, writer: MarkdownWriter, styles: string[]): number {
  if (!/^\s/.test(lines[at] ?? '')) {
    const end = endOfIndented(lines, at + 1);
    writer.paragraph(
      inline(
        lines
          .slice(at, end)
          .map((entry) => entry.trim())
          .join(' ')
          .replace(/^:([^:]+):\s*/, '$1: '),
      ),
    );
    return end;
  }
  const end = endOfIndented(lines, at);
  writeLines(outdent(lines.slice(at, end)), writer, styles);
  return end;
}

function writeParagraph(lines: readonly string[], from: number, writer: MarkdownWriter): number {
  let at = from;
  const item = /^(?:[-*+\u2022]|\(?(?:\d+|#|[a-zA-Z])[.)])\s+/;
  const taken: string[] = [];
  const isItem = item.test(lines[at] ?? '');
  for (; at < lines.length && (lines[at] ?? '').trim() !== ''; at += 1) {
    const line = lines[at] ?? '';
    if (at > from && item.test(line) && isItem) break;
    // A definition follows its term on lines of its own.
    if (at > from && !isItem && /^\s/.test(line)) break;
    taken.push(line.trim());
  }
  let text = taken.join(isItem ? ' ' : '\n');
  const leadsCode = text.endsWith('::');
  if (leadsCode) text = text === '::' ? '' : text.replace(/::$/, ':');
  if (isItem) writer.item(0, inline(text.replace(item, '')));
  else writer.paragraph(inline(text));
  if (!leadsCode) return at;
  while (at < lines.length && (lines[at] ?? '').trim() === '') at += 1;
  const end = endOfIndented(lines, at);
  writer.code(outdent(lines.slice(at, end)).join('\n'));
  return Math.max(end, at);
}

function endOfIndented(lines: readonly string[], from: number): number {
  let end = from;
  for (let at = from; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line.trim() === '') continue;
    if (!/^\s/.test(line)) break;
    end = at + 1;
  }
  return end;
}

function outdent(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => line.trim() !== '');
  if (first < 0) return [];
  const rest = lines.slice(first);
  const depth = Math.min(...rest.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)));
  return rest.map((line) => line.slice(depth));
}

function levelOf(style: string, styles: string[]): number {
  if (!styles.includes(style)) styles.push(style);
  return styles.indexOf(style) + 1;
}

/** Text without roles, targets and escapes. */
const inline = (text: string): string =>
  text
    .replace(/``([^`]+)``/g, '`$1`')
    .replace(/(?<![\w`]):[\w:.+-]{1,60}:`([^`<]*?)\s*(?:<[^>`]*>)?`/g, '$1')
    .replace(/`([^`<]+?)\s*<[^>`]*>`_{1,2}/g, '$1')
    .replace(/`([^`]+)`_{1,2}(?!\w)/g, '$1')
    .replace(/\b([A-Za-z][\w-]*)_{1,2}(?=[\s.,;:)]|$)/g, '$1')
    .replace(/\\([^\w\s])/g, '$1');
