import { HeddleError, type ParsedDocument } from '@heddle/core';
import { mediaTypes } from '../../kinds/kinds.js';
import { openZip, type Zip } from '../../zip/open-zip.js';
import { elementsOf, readTree, type XmlElement } from '../../zip/read-tree.js';
import { attribute } from '../../zip/read-xml.js';
import { withOdfMath } from '../formulas/open-document-math.js';
import { createMarkdownWriter } from '../markdown-writer.js';
import { parseMarkdown } from '../markdown.js';
import { paragraphText, writeOdfBlocks } from './odf-text.js';

/** Converts an OpenDocument text to Markdown: headers and footers once, then headings, lists, tables and text boxes. */
export async function parseOdt(bytes: Uint8Array): Promise<ParsedDocument> {
  const zip = await openZip(bytes);
  const content = await readPart(zip, 'content.xml');
  const styles = zip.has('styles.xml') ? await readPart(zip, 'styles.xml') : undefined;
  return odtOf(content, styles, await odfTitle(zip));
}

/** A text from its parts, which in a flat file are one. */
export function odtOf(
  content: XmlElement,
  styles: XmlElement | undefined,
  ownTitle: string | undefined,
): ParsedDocument {
  const writer = createMarkdownWriter();
  for (const line of styles === undefined ? [] : pageEdges(styles)) writer.paragraph(line);
  const levelOf = styleLevels([content, ...(styles === undefined ? [] : [styles])]);
  for (const body of elementsOf(content, 'body'))
    for (const text of body.children) if (typeof text !== 'string') writeOdfBlocks(text, writer, levelOf);
  const document = parseMarkdown(writer.text(), mediaTypes.odt);
  const title = document.title ?? ownTitle;
  return title === undefined ? document : { ...document, title };
}

/** Reads a required part as a tree, with its formulas as text. */
export async function readPart(zip: Zip, name: string): Promise<XmlElement> {
  const bytes = await zip.read(name);
  if (bytes === undefined)
    throw new HeddleError('document_damaged', `The document has no part '${name}': save it again.`);
  const tree = readTree(bytes);
  // Only a package with objects has formulas, so most trees need not be searched.
  return zip.names.some((part) => part.endsWith('/content.xml')) ? withOdfMath(tree, zip) : tree;
}

export async function odfTitle(zip: Zip): Promise<string | undefined> {
  const bytes = await zip.read('meta.xml');
  return titleIn(bytes === undefined ? undefined : readTree(bytes));
}

export function titleIn(properties: XmlElement | undefined): string | undefined {
  const [title] = properties === undefined ? [] : elementsOf(properties, 'title');
  const text = title === undefined ? '' : paragraphText(title).trim();
  return text === '' ? undefined : text;
}

/** The lines of headers and footers, each once, without page numbers. */
function pageEdges(styles: XmlElement): readonly string[] {
  const lines = new Set<string>();
  for (const page of elementsOf(styles, 'master-page'))
    for (const edge of page.children) {
      if (typeof edge === 'string' || !/^(?:header|footer)/.test(edge.name)) continue;
      const writer = createMarkdownWriter();
      writeOdfBlocks(edge, writer);
      for (const line of writer.text().split('\n'))
        if (/\p{L}/u.test(line) && !/^\W*(page|seite)\W*$/i.test(line)) lines.add(line);
    }
  return [...lines];
}

/** The levels of paragraph styles for headings, including styles derived from them. */
function styleLevels(parts: readonly XmlElement[]): (style: string) => number {
  const parents = new Map<string, string>();
  for (const part of parts)
    for (const style of elementsOf(part, 'style')) {
      const name = attribute(style.attributes, 'name');
      const parent = attribute(style.attributes, 'parent-style-name');
      if (name !== undefined && parent !== undefined) parents.set(name, parent);
    }
  return (style) => {
    let name = style;
    for (let steps = 0; steps < 20; steps += 1) {
      if (name === 'Title') return 1;
      const parent = parents.get(name);
      if (parent === undefined) return 0;
      name = parent;
    }
    return 0;
  };
}
