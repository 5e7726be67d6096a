import type { ParsedDocument } from '@heddle/core';
import type { DocumentLimits } from '../../limits.js';
import type { XmlElement } from '../../zip/read-tree.js';
import { readTree } from '../../zip/read-tree.js';
import { odpOf } from './odp.js';
import { odsOf } from './ods.js';
import { odtOf, titleIn } from './odt.js';

const types = { text: 'text', spreadsheet: 'spreadsheet', presentation: 'presentation' } as const;
type FlatType = keyof typeof types;

/** The kind of a flat OpenDocument, by its root element; undefined for other XML. */
export function flatOdfType(text: string): FlatType | undefined {
  const root =
    /<office:document\s[^>]{0,20000}?office:mimetype="application\/vnd\.oasis\.opendocument\.(\w+)(?:-template)?"/.exec(
      text.slice(0, 64_000),
    );
  const name = root?.[1];
  return name !== undefined && Object.hasOwn(types, name) ? (name as FlatType) : undefined; // one of the keys
}

/** Parses an OpenDocument in a single XML file in the same way as a package. Pictures in it are left out. */
export function parseFlatOdf(text: string, type: FlatType, limits: DocumentLimits): ParsedDocument {
  const bytes = Buffer.from(withoutPictures(text));
  if (type === 'spreadsheet') return odsOf(bytes, limits, titleIn(metaOf(readTree(bytes))));
  const root = readTree(bytes);
  return type === 'text' ? odtOf(root, root, titleIn(metaOf(root))) : odpOf(root, titleIn(metaOf(root)));
}

const metaOf = (root: XmlElement): XmlElement | undefined => {
  const [document = root] = root.children.filter((child) => typeof child !== 'string');
  return document.children.find((child): child is XmlElement => typeof child !== 'string' && child.name === 'meta');
};

/** Removes the bytes of pictures, which are embedded in the text as base64. */
function withoutPictures(text: string): string {
  const parts: string[] = [];
  let at = 0;
  for (;;) {
    const start = text.indexOf('<office:binary-data>', at);
    const end = start < 0 ? -1 : text.indexOf('</office:binary-data>', start);
    if (end < 0) break;
    parts.push(text.slice(at, start));
    at = end + '</office:binary-data>'.length;
  }
  return [...parts, text.slice(at)].join('');
}
