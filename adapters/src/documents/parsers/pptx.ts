import type { ParsedDocument } from '@heddle/core';
import { mediaTypes } from '../kinds/kinds.js';
import { openZip, type Zip } from '../zip/open-zip.js';
import { packageTitle } from '../zip/package-title.js';
import { attribute, readXml } from '../zip/read-xml.js';
import { relations } from '../zip/relations.js';
import { readSlide } from './pptx/read-slide.js';
import { slideDocument, type SlideText } from './slides.js';

/** Converts a presentation to Markdown: a heading and a page for each slide, with lists, tables and the speaker's notes. */
export async function parsePptx(bytes: Uint8Array): Promise<ParsedDocument> {
  const zip = await openZip(bytes);
  const slides: SlideText[] = [];
  for (const name of await slideParts(zip)) {
    const part = await zip.read(name);
    const { title, blocks } = part === undefined ? { title: '', blocks: [] } : readSlide(part);
    slides.push({ title, body: blocks.join('\n\n'), notes: await notesOf(zip, name) });
  }
  return slideDocument(slides, mediaTypes.pptx, await packageTitle(zip));
}

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
