import { HeddleError, type ParsedDocument } from '@heddle/core';
import { decodeText } from '../kinds/decode-text.js';
import { mediaTypes } from '../kinds/kinds.js';
import { openZip, type Zip } from '../zip/open-zip.js';
import { attribute, readXml } from '../zip/read-xml.js';
import { partName } from '../zip/relations.js';
import { checkHtml, htmlToMarkdown } from './html.js';
import { parseMarkdown } from './markdown.js';

interface Book {
  readonly title: string;
  readonly creator: string;
  readonly language: string;
  /** Parts with text, in reading order. */
  readonly chapters: readonly string[];
}

/** Converts a book to Markdown, in its reading order. A chapter without a heading gets its page title as one. */
export async function parseEpub(bytes: Uint8Array): Promise<ParsedDocument> {
  const zip = await openZip(bytes);
  const book = await readBook(zip, await packagePart(zip));
  const parts: string[] = [];
  for (const chapter of book.chapters) {
    const part = await zip.read(chapter);
    if (part === undefined) continue;
    const html = decodeText(part);
    const title = checkHtml(html);
    const text = htmlToMarkdown(html).trim();
    if (text === '') continue;
    parts.push(/^#{1,6} /m.test(text) || title === '' || title === book.title ? text : `## ${title}\n\n${text}`);
  }
  const document = parseMarkdown(parts.join('\n\n'), mediaTypes.epub);
  const metadata = Object.fromEntries(
    Object.entries({ author: book.creator, language: book.language }).filter(([, value]) => value !== ''),
  );
  return { ...document, metadata, ...(book.title === '' ? {} : { title: book.title }) };
}

/** Finds the part that lists the others. Copy-protected books cannot be read. */
async function packagePart(zip: Zip): Promise<string> {
  if (zip.has('META-INF/rights.xml') || zip.has('META-INF/license.lcpl')) {
    throw new HeddleError('document_encrypted', 'The book is copy-protected: use an edition without protection.');
  }
  let path: string | undefined;
  readXml((await zip.read('META-INF/container.xml')) ?? new Uint8Array(), {
    onOpen: (name, attributes) => {
      if (name === 'rootfile') path ??= attribute(attributes, 'full-path');
    },
  });
  if (path === undefined || !zip.has(path))
    throw new HeddleError('document_damaged', 'The book does not say where its text is: convert it to epub again.');
  return path;
}

async function readBook(zip: Zip, path: string): Promise<Book> {
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  const items = new Map<string, string>();
  const chapters: string[] = [];
  const facts = new Map<string, string>();
  let open = '';
  readXml((await zip.read(path)) ?? new Uint8Array(), {
    onOpen: (name, { id, href, idref, linear, properties, 'media-type': type }) => {
      open = name;
      if (
        name === 'item' &&
        id !== undefined &&
        href !== undefined &&
        /html/.test(type ?? '') &&
        !(properties ?? '').split(' ').includes('nav')
      ) {
        items.set(id, partName(folder, decodeURI(href)));
      }
      const chapter = name === 'itemref' && linear !== 'no' ? items.get(idref ?? '') : undefined;
      if (chapter !== undefined) chapters.push(chapter);
    },
    onClose: () => (open = ''),
    onText: (text) => {
      if ((open === 'title' || open === 'creator' || open === 'language') && !facts.has(open) && text.trim() !== '')
        facts.set(open, text.trim());
    },
  });
  return {
    title: facts.get('title') ?? '',
    creator: facts.get('creator') ?? '',
    language: facts.get('language') ?? '',
    chapters,
  };
}
