import { HeddleError, type ParsedDocument } from '@heddle/core';
import mammoth from 'mammoth';
import { decodeText } from '../kinds/decode-text.js';
import { mediaTypes } from '../kinds/kinds.js';
import { openZip, type Zip } from '../zip/open-zip.js';
import { packageTitle } from '../zip/package-title.js';
import { readXml } from '../zip/read-xml.js';
import { checkHtml, htmlToMarkdown } from './html.js';
import { pageEdges } from './docx/page-edges.js';
import { withOfficeMath } from './formulas/office-math.js';
import { parseMarkdown } from './markdown.js';

const styleMap = ["p[style-name='Title'] => h1.title:fresh", "p[style-name='Subtitle'] => p:fresh"];

/** Converts a Word document to Markdown: headers and footers once, then headings, lists and tables; pictures are left out. */
export async function parseDocx(bytes: Uint8Array): Promise<ParsedDocument> {
  const zip = await openZip(bytes);
  await checkParts(zip);
  const html = await convert(zip);
  checkHtml(html);
  const body = htmlToMarkdown(html, { isWord: true });
  const edges = await pageEdges(zip);
  const document = parseMarkdown([...edges, body].join('\n\n'), mediaTypes.docx);
  const title = document.title ?? (await packageTitle(zip));
  return title === undefined ? document : { ...document, title };
}

/** Reads each part once without recursion, because the converter builds whole trees and recurses. */
async function checkParts(zip: Zip): Promise<void> {
  for (const name of zip.names.filter((entry) => /^word\/[^/]+\.xml$/.test(entry))) {
    const part = await zip.read(name);
    if (part !== undefined) readXml(part, {});
  }
}

async function convert(zip: Zip): Promise<string> {
  try {
    // The converter also accepts an opened file, although its types do not say so: it reads parts by name, as text in an encoding.
    const input = { file: openedFile(zip) } as unknown as Parameters<typeof mammoth.convertToHtml>[0];
    const { value } = await mammoth.convertToHtml(input, {
      styleMap,
      externalFileAccess: false,
      convertImage: mammoth.images.imgElement(() => Promise.resolve({ src: '' })),
    });
    return belowTitle(value);
  } catch (cause) {
    throw new HeddleError(
      'document_damaged',
      'The Word document is damaged: open it in a word processor and save it again.',
      { cause },
    );
  }
}

/** A package in the form that the converter reads, with formulas as text, because it would leave them out. */
function openedFile(zip: Zip): object {
  return {
    exists: (name: string) => zip.has(name),
    read: async (name: string, encoding?: string) => {
      const part = (await zip.read(name)) ?? new Uint8Array();
      if (encoding === undefined) return part;
      if (encoding === 'base64') return Buffer.from(part).toString('base64');
      return withOfficeMath(decodeText(part), (text) => `<w:r><w:t xml:space="preserve">${text}</w:t></w:r>`);
    },
  };
}

/** Word counts its title apart from its headings: if there is one, the headings go one level below it. */
function belowTitle(html: string): string {
  if (!html.includes('<h1 class="title">')) return html;
  return html.replace(/<h1 class="title">.*?<\/h1>|<(\/?)h([1-5])>/gs, (tag: string, slash = '', level = '') =>
    level === '' ? tag : `<${String(slash)}h${Number(level) + 1}>`,
  );
}
