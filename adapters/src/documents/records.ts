import { isPlainObject } from '@heddle/core';

/** A record of a data file, read as a separate document. */
export interface RecordDocument {
  readonly id?: string;
  readonly title?: string;
  readonly content: string;
  readonly mediaType: 'text/markdown' | 'text/plain';
  readonly metadata: Readonly<Record<string, unknown>>;
}

const bodyFields = ['text', 'content', 'body'] as const;

/**
 * Reads a record with `sections` or `text` as a document.
 *
 * - `sections: [{ heading?, text }]` becomes Markdown with one `## heading` for each section, and hence one passage for each section.
 * - Otherwise the text is the first of `text`, `content` and `body` that is a string. It is Markdown if the record says so.
 * - `id` (string or number) names the document: `<file>#<id>`. `title` is its title.
 * - Every other field is metadata: searches can filter by it and passages return it, but its text is never searched.
 *
 * Returns undefined for a value with neither.
 */
export function readRecord(value: unknown): RecordDocument | undefined {
  if (!isPlainObject(value)) return undefined;
  const { id: ownId, title, sections, ...fields } = value;
  // Exports of databases and sets of BEIR write `_id`.
  const id = ownId ?? fields['_id'];
  const body = sectionsText(sections) ?? bodyText(fields);
  if (body === undefined) return undefined;
  const metadata: [string, unknown][] = Object.entries(fields).filter(
    ([name, entry]) =>
      name !== body.field && entry !== null && name !== 'constructor' && name !== 'prototype' && name !== '__proto__',
  );
  return {
    ...(typeof id === 'string' && id !== '' ? { id } : typeof id === 'number' ? { id: String(id) } : {}),
    ...(typeof title === 'string' && title !== '' ? { title } : {}),
    content: body.text,
    mediaType: body.mediaType,
    metadata: Object.fromEntries(metadata),
  };
}

interface Body {
  readonly text: string;
  readonly mediaType: RecordDocument['mediaType'];
  readonly field?: string;
}

function sectionsText(sections: unknown): Body | undefined {
  if (!Array.isArray(sections) || sections.length === 0) return undefined;
  const parts: string[] = [];
  for (const section of sections as readonly unknown[]) {
    if (typeof section === 'string') parts.push(section);
    else if (isPlainObject(section) && typeof section['text'] === 'string') {
      const heading = typeof section['heading'] === 'string' ? section['heading'].replace(/\s+/g, ' ').trim() : '';
      parts.push(heading === '' ? section['text'] : `## ${heading}\n\n${section['text']}`);
    } else return undefined;
  }
  return { text: parts.join('\n\n'), mediaType: 'text/markdown' };
}

function bodyText(fields: Readonly<Record<string, unknown>>): Body | undefined {
  for (const field of bodyFields) {
    const text = fields[field];
    if (typeof text === 'string')
      return { text, field, mediaType: fields['format'] === 'markdown' ? 'text/markdown' : 'text/plain' };
  }
  return undefined;
}
