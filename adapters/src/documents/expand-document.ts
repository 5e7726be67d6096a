import { toErrorValue, type DocumentInput } from '@heddle/core';
import { jsonArrayItems, jsonLines, type DataItem } from './json-items.js';
import { hintedKind } from './kinds/kinds.js';
import { mailboxMessages } from './mailbox.js';
import { readRecord, type RecordDocument } from './records.js';

const maxRecordBytes = 8 * 1024 * 1024;

/**
 * Yields the documents of an input, one by one. A JSON Lines file or a JSON array of records with `sections` or `text` has one document for
 * each record (`<file>#<id>`, see `readRecord`), a mailbox one for each message (`<file>#<number>`). Any other input is a single document.
 * A record that cannot be read becomes a document with the file's id and an `error`.
 *
 * @example for (const document of expandDocument(input)) console.log(document.id); // pubmedqa.jsonl#21645374
 */
export function* expandDocument(input: DocumentInput): Generator<DocumentInput> {
  const bytes = typeof input.content === 'string' ? undefined : input.content;
  const shape = containerShape(input);
  if (shape === undefined) {
    yield input;
    return;
  }
  const content = bytes ?? Buffer.from(input.content);
  if (shape === 'mailbox') {
    let number = 0;
    for (const message of mailboxMessages(content)) {
      number += 1;
      yield { ...input, id: `${input.id}#${number}`, content: message, mediaType: 'message/rfc822' };
    }
    return;
  }
  const used = new Set<string>();
  for (const item of shape === 'lines' ? jsonLines(content, maxRecordBytes) : jsonArrayItems(content, maxRecordBytes)) {
    if (item.error !== undefined) yield { ...input, content: '', error: toErrorValue(item.error) };
    else yield recordInput(input, item, readRecord(item.value), used);
  }
}

function recordInput(
  input: DocumentInput,
  item: DataItem,
  record: RecordDocument | undefined,
  used: Set<string>,
): DocumentInput {
  const wanted = record?.id ?? String(item.number);
  let id = `${input.id}#${wanted}`;
  for (let copy = 2; used.has(id); copy += 1) id = `${input.id}#${wanted}~${copy}`;
  used.add(id);
  const metadata = { ...input.metadata, ...record?.metadata, row: item.number };
  if (record === undefined)
    return { ...withoutTitle(input), id, content: JSON.stringify(item.value), mediaType: 'application/json', metadata };
  const { title, content, mediaType } = record;
  return { ...withoutTitle(input), id, content, mediaType, metadata, title };
}

const withoutTitle = ({ title: _, ...input }: DocumentInput): DocumentInput => input;

/** The kind of container that an input is, detected by its first record; undefined for a single document. */
function containerShape(input: DocumentInput): 'lines' | 'array' | 'mailbox' | undefined {
  const { content } = input;
  const head =
    typeof content === 'string'
      ? content.slice(0, 512)
      : Buffer.from(content.buffer, content.byteOffset, Math.min(content.length, 512)).toString('latin1');
  const start = head.replace(/^(\ufeff|\xef\xbb\xbf)/, '').trimStart();
  if (/^From \S+ .*\d{4}\s*\n[\w-]+:/.test(start)) return 'mailbox';
  if (!start.startsWith('{') && !start.startsWith('[')) return undefined;
  const hint = hintedKind(input.id, input.mediaType);
  if (hint === 'markdown' || hint === 'text') return undefined;
  // Only the first record is needed.
  const bytes = (typeof content === 'string' ? Buffer.from(content) : content).subarray(0, maxRecordBytes + 1024);
  if (start.startsWith('[')) return isRecord(jsonArrayItems(bytes, maxRecordBytes)) ? 'array' : undefined;
  return isRecord(jsonLines(bytes, maxRecordBytes)) ? 'lines' : undefined;
}

/** A file whose first item cannot be read is not a container: its parser reports what is wrong. */
function isRecord(items: Generator<DataItem>): boolean {
  const first = items.next();
  return first.done !== true && readRecord(first.value.value) !== undefined;
}
