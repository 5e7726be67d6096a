import type { ParsedDocument } from '@heddle/core';
import { mediaTypes } from '../../kinds/kinds.js';
import { openZip } from '../../zip/open-zip.js';
import { elementsOf, type XmlElement } from '../../zip/read-tree.js';
import { attribute } from '../../zip/read-xml.js';
import { createMarkdownWriter } from '../markdown-writer.js';
import { slideDocument, type SlideText } from '../slides.js';
import { odfTitle, readPart } from './odt.js';
import { paragraphText, writeOdfBlocks } from './odf-text.js';

/** Placeholders that every slide repeats. */
const repeated = /^(?:date-time|footer|header|page-number|page)$/;

/** Converts an OpenDocument presentation to Markdown: a heading and a page for each slide, with lists, tables and the speaker's notes. */
export async function parseOdp(bytes: Uint8Array): Promise<ParsedDocument> {
  const zip = await openZip(bytes);
  const content = await readPart(zip, 'content.xml');
  return odpOf(content, await odfTitle(zip));
}

export const odpOf = (content: XmlElement, title: string | undefined): ParsedDocument =>
  slideDocument(elementsOf(content, 'page').map(slideOf), mediaTypes.odp, title);

function slideOf(page: XmlElement): SlideText {
  const classOf = (child: XmlElement): string => attribute(child.attributes, 'class') ?? '';
  const parts = page.children.filter((child) => typeof child !== 'string');
  const titles = parts.filter((child) => classOf(child) === 'title');
  const notes = parts.filter(({ name }) => name === 'notes');
  const rest = parts.filter(
    (child) => classOf(child) !== 'title' && child.name !== 'notes' && !repeated.test(classOf(child)),
  );
  return {
    title: titles.map(wordsOf).join(' ').replace(/\s+/g, ' ').trim(),
    body: blocksOf(rest),
    notes: blocksOf(
      notes.flatMap((note) =>
        note.children.filter((child) => typeof child !== 'string').filter((child) => !repeated.test(classOf(child))),
      ),
    ),
  };
}

function blocksOf(elements: readonly XmlElement[]): string {
  const writer = createMarkdownWriter();
  writeOdfBlocks({ name: '', attributes: {}, children: elements }, writer);
  return writer.text();
}

const wordsOf = (element: XmlElement): string => elementsOf(element, 'p').map(paragraphText).join(' ');
