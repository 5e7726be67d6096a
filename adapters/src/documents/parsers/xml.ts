import type { ParsedDocument, TextSpan } from '@heddle/core';
import { mediaTypes } from '../kinds/kinds.js';
import { readXml } from '../zip/read-xml.js';

/** Inline elements, which do not end a line, as in XHTML and DocBook. */
const inline: ReadonlySet<string> = new Set([
  'a',
  'b',
  'i',
  'u',
  'em',
  'strong',
  'code',
  'span',
  'emphasis',
  'link',
  'ulink',
  'xref',
  'sub',
  'sup',
  'quote',
  'term',
  'literal',
  'italic',
  'bold',
]);

/**
 * Converts XML to text: one line for each element with text. The name of an element comes before a short value, such as `price: 12.50`.
 * Attributes count as elements. A document type declaration is left out; entities that it defines are refused.
 */
export function parseXml(text: string): ParsedDocument {
  const lines: string[] = [];
  const open: { readonly name: string; text: string; hasElements: boolean }[] = [];
  let title: string | undefined;
  const flush = (): void => {
    const element = open.at(-1);
    const written = element?.text.replace(/\s+/g, ' ').trim() ?? '';
    if (element === undefined || written === '') return;
    // The text of a document, such as a paragraph, is not the value of a record's field.
    const isValue =
      !element.hasElements && written.length <= 200 && !/^(p|para|title|simpara|li|item|h\d)$/i.test(element.name);
    lines.push(isValue ? `${element.name}: ${written}` : written);
    if (/^title$/i.test(element.name)) title ??= written;
    element.text = '';
  };
  readXml(Buffer.from(text.replace(/<!DOCTYPE[^[>]*>/i, '')), {
    onOpen: (name, attributes) => {
      if (inline.has(name.toLowerCase()) && open.length > 0) return;
      flush();
      const parent = open.at(-1);
      if (parent !== undefined) parent.hasElements = true;
      open.push({ name, text: '', hasElements: false });
      for (const [key, value] of Object.entries(attributes))
        if (!key.startsWith('xmlns') && !key.startsWith('xsi:') && value.trim() !== '')
          lines.push(`${key}: ${value.trim()}`);
    },
    onClose: (name) => {
      if (inline.has(name.toLowerCase()) && open.length > 1 && open.at(-1)?.name !== name) return;
      flush();
      open.pop();
      // An empty line separates records.
      if (open.length === 1 && lines.at(-1) !== '') lines.push('');
    },
    onText: (part) => {
      const element = open.at(-1);
      if (element !== undefined) element.text += part;
    },
  });
  const written = lines.join('\n').trim();
  const spans: TextSpan[] = written === '' ? [] : [{ start: 0, end: written.length }];
  return { mediaType: mediaTypes.xml, format: 'text', text: written, spans, title };
}
