import render from 'dom-serializer';
import { DomUtils, ElementType, parseDocument } from 'htmlparser2';
import { createTableGrid, nestedTableText, tableText, type TableRows } from './table-text.js';

type Element = ReturnType<typeof DomUtils.getElementsByTagName>[number];
type Node = Element['children'][number];

const isTag = (node: Node): node is Element => 'attribs' in node;

const blocks: ReadonlySet<string> = new Set(
  'p div h1 h2 h3 h4 h5 h6 ul ol li dl dt dd pre blockquote figure hr address section article header footer form br table'.split(
    ' ',
  ),
);
const unread: ReadonlySet<string> = new Set(
  'script style noscript template svg select button iframe head title'.split(' '),
);
const opening = '\ue000';
const closing = '\ue001';
/** A table with a longer cell is used for page layout. */
const longestCell = 600;

/** HTML without its tables, and a function that inserts them into the converted Markdown. */
interface WithoutTables {
  readonly html: string;
  readonly restore: (markdown: string) => string;
}

/**
 * Removes tables from HTML and converts them separately. A cell that spans others is repeated in each position, and the cells of a table
 * inside a cell stay separate. Tables that only lay out a page become blocks; with `isWord` only those with a single cell do, because word
 * processors use no other layout tables.
 */
export function withoutTables(html: string, { isWord = false }: { readonly isWord?: boolean } = {}): WithoutTables {
  if (!/<table[\s>]/i.test(html)) return { html, restore: (markdown) => markdown };
  const document = parseDocument(html.replaceAll(opening, '').replaceAll(closing, ''));
  const written: string[] = [];
  const visit = (nodes: readonly Node[]): void => {
    for (const node of nodes) {
      if (!isTag(node)) continue;
      if (node.name !== 'table') visit(node.children);
      else if (isLayout(node, isWord)) {
        unfold(node);
        visit(node.children);
      } else {
        written.push([captionOf(node), tableText(rowsOf(node))].filter((part) => part !== '').join('\n\n'));
        node.name = 'p';
        node.attribs = {};
        const [text] = parseDocument(`${opening}${written.length - 1}${closing}`).children;
        node.children = text === undefined ? [] : [text];
      }
    }
  };
  visit(document.children);
  return {
    html: render(document, { encodeEntities: 'utf8' }),
    restore: (markdown) =>
      markdown.replace(
        new RegExp(`${opening}(\\d+)${closing}`, 'g'),
        (_, index: string) => written[Number(index)] ?? '',
      ),
  };
}

/** Whether a table only lays out a page, so that its rows and columns have no meaning. */
function isLayout(table: Element, isWord: boolean): boolean {
  const cells = ownCells(table);
  if (cells.length <= 1) return true;
  if (isWord) return false;
  if (/^(?:presentation|none)$/i.test(table.attribs['role'] ?? '')) return true;
  if (
    cells.some(({ cell }) => cell.name === 'th') ||
    partsOf(table).some(({ name }) => name === 'caption' || name === 'thead')
  )
    return false;
  const rows = Math.max(...cells.map(({ row }) => row)) + 1;
  if (rows === 1 || cells.length <= rows) return true;
  return cells.some(
    ({ cell }) =>
      DomUtils.getElementsByTagName(
        (name) => /^(?:table|h[1-6]|form|nav|ul|ol|section|article)$/.test(name),
        cell.children,
        true,
        1,
      ).length > 0 ||
      DomUtils.getElementsByTagName('p', cell.children, true, 2).length > 1 ||
      textOf(cell.children).length > longestCell,
  );
}

/** Converts the parts of a table to blocks. */
function unfold(table: Element): void {
  for (const { cell } of ownCells(table)) cell.name = 'div';
  for (const part of partsOf(table)) {
    part.name = 'div';
    for (const row of part.children) if (isTag(row) && row.name === 'tr') row.name = 'div';
  }
  table.name = 'div';
}

/** The direct children of a table: rows, row groups and captions. */
const partsOf = (table: Element): readonly Element[] =>
  table.children.filter((child): child is Element => isTag(child));

function ownRows(table: Element): readonly Element[] {
  return partsOf(table).flatMap((part) =>
    part.name === 'tr'
      ? [part]
      : /^(?:thead|tbody|tfoot)$/.test(part.name)
        ? partsOf(part).filter(({ name }) => name === 'tr')
        : [],
  );
}

const ownCells = (table: Element): readonly { readonly cell: Element; readonly row: number }[] =>
  ownRows(table).flatMap((row, index) =>
    partsOf(row)
      .filter(({ name }) => name === 'td' || name === 'th')
      .map((cell) => ({ cell, row: index })),
  );

function rowsOf(table: Element): TableRows {
  const grid = createTableGrid();
  for (const row of ownRows(table)) {
    grid.row();
    for (const cell of partsOf(row))
      if (cell.name === 'td' || cell.name === 'th')
        grid.cell(textOf(cell.children), spanOf(cell, 'colspan'), spanOf(cell, 'rowspan'));
  }
  return grid.rows();
}

const spanOf = (cell: Element, name: string): number =>
  Math.max(1, Number.parseInt(cell.attribs[name] ?? '1', 10) || 1);

const captionOf = (table: Element): string =>
  partsOf(table)
    .filter(({ name }) => name === 'caption')
    .map(({ children }) => textOf(children))
    .join(' ');

/** The text of nodes on one line; blocks and tables in them stay separate. */
function textOf(nodes: readonly Node[]): string {
  let text = '';
  for (const node of nodes) {
    if ('data' in node && node.type === ElementType.Text) text += node.data;
    else if (!isTag(node) || unread.has(node.name)) continue;
    else if (node.name === 'table') text += ` ${nestedTableText(rowsOf(node))} `;
    else if (node.name === 'img') text += ` ${node.attribs['alt'] ?? ''} `;
    else text += blocks.has(node.name) ? ` ${textOf(node.children)} ` : textOf(node.children);
  }
  return text.replace(/\s+/g, ' ').trim() === '' ? '' : text.replace(/\s+/g, ' ');
}
