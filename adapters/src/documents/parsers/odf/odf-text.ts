import { attribute } from '../../zip/read-xml.js';
import type { XmlElement } from '../../zip/read-tree.js';
import type { MarkdownWriter } from '../markdown-writer.js';
import { createTableGrid, nestedTableText, type TableRows } from '../tables/table-text.js';

/** Elements without content for a reader: deleted text, settings, names of number formats, reviewers' comments. */
const unread: ReadonlySet<string> = new Set([
  'tracked-changes',
  'sequence-decls',
  'variable-decls',
  'user-field-decls',
  'forms',
  'annotation',
  'page-number',
  'page-count',
  'ruby-text',
  'script',
  'event-listeners',
  'bibliography-source',
  'table-of-content-source',
  'title-source',
  'binary-data',
]);

/** Elements that contain blocks, such as a section or a text box. */
const containers: ReadonlySet<string> = new Set([
  'section',
  'text-box',
  'frame',
  'g',
  'custom-shape',
  'rect',
  'ellipse',
  'line',
  'connector',
  'polyline',
  'polygon',
  'path',
  'index-body',
  'index-title',
  'table-of-content',
  'alphabetical-index',
  'illustration-index',
  'table-index',
  'object-index',
  'user-index',
  'bibliography',
  'a',
  'object',
]);

const mostRepeats = 1_000;

/**
 * Writes the blocks of an OpenDocument text: headings, paragraphs, lists, tables and text boxes. `levelOf` returns the level of headings
 * that only a style marks.
 */
export function writeOdfBlocks(
  element: XmlElement,
  writer: MarkdownWriter,
  levelOf: (style: string) => number = () => 0,
): void {
  for (const child of element.children) {
    if (typeof child === 'string' || unread.has(child.name)) continue;
    if (child.name === 'h') {
      writer.heading(Number(attribute(child.attributes, 'outline-level') ?? 1), paragraphText(child));
      writeFrames(child, writer, levelOf);
    } else if (child.name === 'p') {
      const level = levelOf(attribute(child.attributes, 'style-name') ?? '');
      const text = paragraphText(child);
      if (level > 0) writer.heading(level, text);
      else writer.paragraph(text);
      writeFrames(child, writer, levelOf);
    } else if (child.name === 'list') writeList(child, writer, 0, levelOf);
    else if (child.name === 'table') writer.table(tableRows(child));
    else if (child.name === 'title' || child.name === 'desc') writer.paragraph(paragraphText(child));
    else if (containers.has(child.name)) writeOdfBlocks(child, writer, levelOf);
  }
}

function writeList(list: XmlElement, writer: MarkdownWriter, level: number, levelOf: (style: string) => number): void {
  for (const item of list.children) {
    if (typeof item === 'string') continue;
    for (const child of item.children) {
      if (typeof child === 'string') continue;
      if (child.name === 'list') writeList(child, writer, level + 1, levelOf);
      else if (child.name === 'h')
        writer.heading(Number(attribute(child.attributes, 'outline-level') ?? 1), paragraphText(child));
      else if (child.name === 'p') {
        writer.item(level, paragraphText(child));
        writeFrames(child, writer, levelOf);
      } else writeOdfBlocks({ name: '', attributes: {}, children: [child] }, writer, levelOf);
    }
  }
}

/** Text boxes and footnotes that are anchored in a paragraph come after it. */
function writeFrames(paragraph: XmlElement, writer: MarkdownWriter, levelOf: (style: string) => number): void {
  for (const child of paragraph.children) {
    if (typeof child === 'string' || unread.has(child.name)) continue;
    if (child.name === 'note') {
      for (const body of child.children)
        if (typeof body !== 'string' && body.name === 'note-body') writeOdfBlocks(body, writer, levelOf);
    } else if (isAnchored(child)) writeOdfBlocks({ name: '', attributes: {}, children: [child] }, writer, levelOf);
    else writeFrames(child, writer, levelOf);
  }
}

const isAnchored = ({ name }: XmlElement): boolean => containers.has(name) && name !== 'a';

/** The text of a paragraph, without what is anchored in it. */
export function paragraphText(element: XmlElement): string {
  let text = '';
  for (const child of element.children) {
    if (typeof child === 'string') text += child.replace(/\s+/g, ' ');
    else if (child.name === 's') text += ' '.repeat(Math.min(Number(attribute(child.attributes, 'c') ?? 1), 100));
    else if (child.name === 'tab') text += ' ';
    else if (child.name === 'line-break') text += '\n';
    else if (child.name === 'note' || unread.has(child.name) || isAnchored(child)) continue;
    else text += paragraphText(child);
  }
  return text;
}

/** The rows of a table; a cell that spans others is repeated in each of their positions. */
function tableRows(table: XmlElement): TableRows {
  const grid = createTableGrid();
  const visit = (element: XmlElement): void => {
    for (const child of element.children) {
      if (typeof child === 'string') continue;
      if (child.name === 'table-row') writeRow(child, grid);
      else if (/^table-(?:header-rows|rows|row-group)$/.test(child.name)) visit(child);
    }
  };
  visit(table);
  return grid.rows();
}

function writeRow(row: XmlElement, grid: ReturnType<typeof createTableGrid>): void {
  const isEmpty = row.children.every((cell) => typeof cell === 'string' || cellText(cell) === '');
  const repeats = isEmpty ? 1 : Math.min(Number(attribute(row.attributes, 'number-rows-repeated') ?? 1), mostRepeats);
  for (let copy = 0; copy < repeats; copy += 1) {
    grid.row();
    for (const cell of row.children) {
      if (typeof cell === 'string' || cell.name !== 'table-cell') continue;
      const text = cellText(cell);
      const columns = Number(attribute(cell.attributes, 'number-columns-spanned') ?? 1);
      const rows = Number(attribute(cell.attributes, 'number-rows-spanned') ?? 1);
      const copies =
        text === '' ? 1 : Math.min(Number(attribute(cell.attributes, 'number-columns-repeated') ?? 1), 200);
      for (let index = 0; index < copies; index += 1) grid.cell(text, columns, rows);
    }
  }
}

/** The whole text of a cell, on one line; the cells of a table in it stay separate. */
function cellText(cell: XmlElement): string {
  const parts: string[] = [];
  const visit = (element: XmlElement): void => {
    for (const child of element.children) {
      if (typeof child === 'string' || unread.has(child.name)) continue;
      if (child.name === 'p' || child.name === 'h') {
        parts.push(paragraphText(child).trim());
        visitAnchored(child);
      } else if (child.name === 'table') parts.push(nestedTableText(tableRows(child)));
      else visit(child);
    }
  };
  const visitAnchored = (paragraph: XmlElement): void => {
    for (const child of paragraph.children)
      if (typeof child !== 'string' && (child.name === 'note' || isAnchored(child))) visit(child);
  };
  visit(cell);
  return parts.filter((part) => part !== '').join(' ');
}
