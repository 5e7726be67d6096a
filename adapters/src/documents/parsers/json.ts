import { checkValue, HeddleError, isPlainObject, type ParsedDocument } from '@heddle/core';
import { jsonLines, type DataItem } from '../json-items.js';
import { mediaTypes } from '../kinds/kinds.js';
import type { DocumentLimits } from '../limits.js';
import { readRecord } from '../records.js';
import { parseMarkdown } from './markdown.js';
import { createRowWriter } from './rows.js';
import { parseText } from './text.js';

/**
 * Parses JSON or JSON Lines as one document. A record with `sections` or `text` becomes its text, an array becomes rows, and any other
 * object lines of `path: value`. Text that only looks like JSON is read as text, unless its name says that it is JSON.
 */
export function parseJson(
  text: string,
  kind: 'json' | 'jsonl',
  limits: DocumentLimits,
  isNamed: boolean,
): ParsedDocument {
  try {
    const mediaType = mediaTypes[kind];
    if (kind === 'jsonl') return listDocument(values(jsonLines(Buffer.from(text), limits.rowBytes)), mediaType, limits);
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value))
      return listDocument(
        value.map((entry: unknown, index) => [index + 1, entry] as const),
        mediaType,
        limits,
      );
    return (
      recordDocument(value, mediaType) ?? { mediaType, format: 'text', text: flatLines(value).join('\n'), spans: [] }
    );
  } catch (cause) {
    if (!isNamed) return parseText(text);
    if (cause instanceof HeddleError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HeddleError('document_damaged', `It is not valid JSON (${reason}): fix it there, or save it again.`, {
      cause,
    });
  }
}

function* values(items: Iterable<DataItem>): Generator<readonly [number, unknown]> {
  for (const { number, value, error } of items) {
    if (error !== undefined) throw error;
    yield [number, value];
  }
}

function listDocument(
  items: Iterable<readonly [number, unknown]>,
  mediaType: string,
  limits: DocumentLimits,
): ParsedDocument {
  const writer = createRowWriter(limits);
  for (const [number, value] of items) {
    const record = readRecord(value);
    const lines =
      record === undefined ? flatLines(value) : [record.title ?? '', record.content].filter((part) => part !== '');
    writer.addText(number, lines.join('\n'));
  }
  return writer.document(mediaType);
}

function recordDocument(value: unknown, mediaType: string): ParsedDocument | undefined {
  const record = readRecord(value);
  if (record === undefined) return undefined;
  checkValue(record.metadata, 'What its record says beside its text');
  const parsed = record.mediaType === 'text/markdown' ? parseMarkdown(record.content) : parseText(record.content);
  return {
    ...parsed,
    mediaType,
    metadata: record.metadata,
    title: record.title ?? parsed.title,
  };
}

/** Each value of a tree with its path, in order, at any depth. */
function flatLines(root: unknown): readonly string[] {
  const lines: string[] = [];
  const stack: (readonly [string, unknown])[] = [['', root]];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const [path, value] = next;
    const isList = Array.isArray(value);
    if (isList && value.every((entry: unknown) => typeof entry !== 'object')) lines.push(line(path, value.join(', ')));
    else if (isList || isPlainObject(value)) {
      const entries = isList
        ? value.map((entry: unknown, index) => [String(index + 1), entry] as const)
        : Object.entries(value);
      for (const [name, entry] of entries.toReversed()) stack.push([path === '' ? name : `${path}.${name}`, entry]);
    } else if (typeof value === 'string') lines.push(line(path, value));
    else if (value !== null) lines.push(line(path, JSON.stringify(value)));
  }
  return lines;
}

const line = (path: string, value: string): string => (path === '' ? value : `${path}: ${value}`);
