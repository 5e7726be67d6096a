import { HeddleError, type ParsedDocument } from '@heddle/core';
import mammoth from 'mammoth';
import { mediaTypes } from '../kinds/kinds.js';
import { openZip, type Zip } from '../zip/open-zip.js';
import { packageTitle } from '../zip/package-title.js';
import { readXml } from '../zip/read-xml.js';
import { checkHtml, htmlToMarkdown } from './html.js';
import { pageEdges } from './docx/page-edges.js';
import { parseMarkdown } from './markdown.js';

const styleMap = ["p[style-name='Title'] => h1.title:fresh", "p[style-name='Subtitle'] => p:fresh"];

/** A Word document as Markdown: its headers and footers once, then headings, lists and tables; pictures go. */
export async function parseDocx(bytes: Uint8Array): Promise<ParsedDocument> {
  const zip = await openZip(bytes);
  await checkParts(zip);
  const html = await convert(bytes);
  checkHtml(html);
  const body = htmlToMarkdown(html, { isWord: true });
  const edges = await pageEdges(zip);
  const document = parseMarkdown([...edges, body].join('\n\n'), mediaTypes.docx);
  const title = document.title ?? (await packageTitle(zip));
  return title === undefined ? document : { ...document, title };
}

/** The converter builds whole trees and recurses: it only gets parts that were read once, flatly. */
async function checkParts(zip: Zip): Promise<void> {
  for (const name of zip.names.filter((entry) => /^word\/[^/]+\.xml$/.test(entry))) {
    const part = await zip.read(name);
    if (part !== undefined) readXml(part, {});
  }
}

async function convert(bytes: Uint8Array): Promise<string> {
  try {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { value } = await mammoth.convertToHtml(
      { buffer },
      {
        styleMap,
        externalFileAccess: false,
        convertImage: mammoth.images.imgElement(() => Promise.resolve({ src: '' })),
      },
    );
    return belowTitle(value);
  } catch (cause) {
    throw new HeddleError(
      'document_damaged',
      'The Word document is damaged: open it in a word processor and save it again.',
      { cause },
    );
  }
}

/** Word counts its title apart from its headings: where there is one, the headings stand below it. */
function belowTitle(html: string): string {
  if (!html.includes('<h1 class="title">')) return html;
  return html.replace(/<h1 class="title">.*?<\/h1>|<(\/?)h([1-5])>/gs, (tag: string, slash = '', level = '') =>
    level === '' ? tag : `<${String(slash)}h${Number(level) + 1}>`,
  );
}
