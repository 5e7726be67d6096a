import type { ParsedDocument, TextSpan } from '@heddle/core';
import { mediaTypes } from '../kinds/kinds.js';
import { openZip, type Zip } from '../zip/open-zip.js';
import { packageTitle } from '../zip/package-title.js';
import { attribute, readXml } from '../zip/read-xml.js';
import { relations } from '../zip/relations.js';
import { readSlide, type Slide } from './pptx/read-slide.js';

/** A presentation as Markdown: a heading and a page for each slide, with lists, tables and the speaker's notes. */
export async function parsePptx(bytes: Uint8Array): Promise<ParsedDocument> {
  const zip = await openZip(bytes);
  const parts: string[] = [];
  const spans: TextSpan[] = [];
  let length = 0;
  let first: string | undefined;
  for (const [index, name] of (await slideParts(zip)).entries()) {
    const part = await zip.read(name);
    if (part === undefined) continue;
    const slide = readSlide(part);
    const heading = slide.title === '' ? `Slide ${index + 1}` : slide.title;
    const body = slideBody(slide, await notesOf(zip, name));
    if (slide.title === '' && body === '') continue;
    first ??= slide.title === '' ? undefined : slide.title;
    const text = `## ${heading}\n\n${body}`.trimEnd();
    spans.push({ start: length, end: length + text.length, page: index + 1, headings: [heading] });
    parts.push(text);
    length += text.length + 2;
  }
  const title = (await packageTitle(zip)) ?? first;
  return {
    mediaType: mediaTypes.pptx,
    format: 'markdown',
    text: parts.join('\n\n'),
    spans,
    title,
  };
}

const slideBody = ({ blocks }: Slide, notes: string): string =>
  [...blocks, notes === '' ? '' : `Notes: ${notes}`].filter((block) => block !== '').join('\n\n');

/** Slides in the order of the presentation, not of the file names. */
async function slideParts(zip: Zip): Promise<readonly string[]> {
  const targets = await relations(zip, 'ppt/_rels/presentation.xml.rels', 'ppt');
  const parts: string[] = [];
  readXml((await zip.read('ppt/presentation.xml')) ?? new Uint8Array(), {
    onOpen: (name, attributes) => {
      const part = name === 'sldId' ? targets.get(attributes['r:id'] ?? attribute(attributes, 'id') ?? '') : undefined;
      if (part !== undefined) parts.push(part);
    },
  });
  return parts;
}

async function notesOf(zip: Zip, slide: string): Promise<string> {
  const file = slide.slice(slide.lastIndexOf('/') + 1);
  const targets = await relations(zip, `ppt/slides/_rels/${file}.rels`, 'ppt/slides');
  const name = [...targets.values()].find((target) => target.startsWith('ppt/notesSlides/'));
  const part = name === undefined ? undefined : await zip.read(name);
  return part === undefined ? '' : readSlide(part, 'body').blocks.join('\n');
}
