import type { DocumentPart, ParsedDocument } from '@heddle/core';
import { openZip } from './open-zip.js';

/**
 * Documents embedded in an Office document as files, such as a workbook in a presentation. Embedded objects of other programs (`.bin`) are
 * ignored.
 */
const embedded =
  /^(?:word|xl|ppt)\/embeddings\/[^/]+\.(?:docx|docm|xlsx|xlsm|pptx|pptm|doc|xls|ppt|odt|ods|odp|pdf|rtf|msg|txt|csv)$/i;

/**
 * Adds the embedded documents of an Office document as its parts. If the document has no text of its own, its text becomes the list of
 * their names.
 */
export async function withEmbedded(document: ParsedDocument, content: Uint8Array): Promise<ParsedDocument> {
  const zip = await openZip(content);
  const parts: DocumentPart[] = [];
  for (const name of zip.names.filter((entry) => embedded.test(entry))) {
    const bytes = await zip.read(name);
    if (bytes !== undefined && bytes.length > 0)
      parts.push({ name: name.slice(name.lastIndexOf('/') + 1), content: bytes });
  }
  if (parts.length === 0) return document;
  const names = `Embedded: ${parts.map(({ name }) => name).join(', ')}`;
  return document.text.trim() === ''
    ? { ...document, format: 'text', text: names, spans: [{ start: 0, end: names.length }], parts }
    : { ...document, parts };
}
