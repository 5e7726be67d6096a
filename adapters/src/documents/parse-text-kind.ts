import { HeddleError, type ParsedDocument } from '@heddle/core';
import { hintedKind, type DocumentKind } from './kinds/kinds.js';
import { parseMarkdown } from './parsers/markdown.js';
import { parseText } from './parsers/text.js';
import { sniffText } from './kinds/sniff-text.js';

/** The longest text that is parsed in the caller's process. */
export const inProcessLength = 128 * 1024;

/** Parses plain text and Markdown; for other kinds it returns the kind, which another parser must read. */
export function parseLightText(text: string, name?: string, mediaType?: string): ParsedDocument | DocumentKind {
  requireText(text, name);
  const kind = sniffText(text, hintedKind(name, mediaType));
  if (kind === 'text') return parseText(text);
  return kind === 'markdown' ? parseMarkdown(text) : kind;
}

export function requireText(text: string, name?: string): void {
  if (text.trim() !== '') return;
  throw new HeddleError(
    'document_empty',
    `${named(name)} has no text, neither written nor in pictures: it can be left out.`,
  );
}

/** How messages refer to a document. */
export const named = (name: string | undefined): string => (name === undefined ? 'The document' : `Document '${name}'`);
