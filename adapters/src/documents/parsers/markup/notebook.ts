import { HeddleError, isPlainObject, type ParsedDocument } from '@heddle/core';
import { mediaTypes } from '../../kinds/kinds.js';
import { createMarkdownWriter } from '../markdown-writer.js';
import { parseMarkdown } from '../markdown.js';

const longestOutput = 20_000;

/** Converts a notebook to Markdown: text, code and the output of code, without pictures and widgets. */
export function parseNotebook(text: string): ParsedDocument {
  let notebook: unknown;
  try {
    notebook = JSON.parse(text);
  } catch (cause) {
    throw new HeddleError('document_damaged', 'The notebook is not valid JSON: save it again.', { cause });
  }
  if (!isPlainObject(notebook)) throw new HeddleError('document_damaged', 'The notebook has no cells: save it again.');
  const language = languageOf(notebook);
  const writer = createMarkdownWriter();
  for (const cell of cellsOf(notebook)) {
    const source = joined(cell['source'] ?? cell['input']);
    if (cell['cell_type'] === 'code') {
      writer.code(source, language);
      for (const output of listOf(cell['outputs'])) writer.code(outputText(output).slice(0, longestOutput));
    } else if (cell['cell_type'] === 'heading') writer.heading(Number(cell['level'] ?? 1), source);
    else writer.raw(source);
  }
  return parseMarkdown(writer.text(), mediaTypes.notebook);
}

/** Version 3 kept cells in worksheets. */
const cellsOf = (notebook: Readonly<Record<string, unknown>>): readonly Readonly<Record<string, unknown>>[] => [
  ...listOf(notebook['cells']),
  ...listOf(notebook['worksheets']).flatMap((sheet) => listOf(sheet['cells'])),
];

function languageOf(notebook: Readonly<Record<string, unknown>>): string {
  const { metadata } = notebook;
  const info = isPlainObject(metadata) ? (metadata['language_info'] ?? metadata['kernelspec']) : undefined;
  const name = isPlainObject(info) ? (info['name'] ?? info['language']) : undefined;
  return typeof name === 'string' && /^[\w+-]{1,30}$/.test(name) ? name : '';
}

function outputText(output: Readonly<Record<string, unknown>>): string {
  const { data, text, ename, evalue } = output;
  if (typeof ename === 'string') return `${ename}: ${joined(evalue)}`;
  if (isPlainObject(data)) return joined(data['text/plain'] ?? data['text/markdown']);
  return joined(text);
}

const joined = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : Array.isArray(value)
      ? value.filter((part) => typeof part === 'string').join('')
      : '';

const listOf = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.filter((entry) => isPlainObject(entry)) : [];
