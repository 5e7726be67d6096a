import { HeddleError, type ParsedDocument, type UnreadPart } from '@heddle/core';
import { LineBoxWriter, type Box } from '../parsers/line-boxes.js';
import { createMarkdownWriter, type MarkdownWriter } from '../parsers/markdown-writer.js';
import { pageSpans, type PageStart } from '../parsers/page-spans.js';
import { DoclingDocument, Reply, type Item, type Provenance, type Ref, type Table } from './docling-schema.js';

/** Reads a reply of docling-serve's `/v1/convert/file` with `to_formats=json`. */
export function readDocling(reply: unknown, mediaType: string): ParsedDocument {
  const { status, errors, document } = Reply.parse(reply);
  const reasons = errors
    .map(({ error_message: message }) => message)
    .join(' ')
    .slice(0, 300);
  if (status === 'failure' || status === 'skipped' || document.json_content == null)
    throw new HeddleError(
      'document_damaged',
      `Docling cannot read it (${reasons === '' ? status : reasons}): save it again or convert it.`,
    );
  const parsed = new DoclingText(DoclingDocument.parse(document.json_content)).parsed(mediaType);
  const unread: UnreadPart[] =
    status === 'success'
      ? []
      : [{ name: 'the document', code: 'document_damaged', message: `Docling read only a part of it: ${reasons}` }];
  return unread.length === 0 ? parsed : { ...parsed, unread };
}

/** Labels of text that recurs on every page. */
const leftOut = new Set(['page_header', 'page_footer']);

/** Writes a Docling document in reading order. */
class DoclingText {
  readonly #document: DoclingDocument;
  readonly #writer: MarkdownWriter = createMarkdownWriter();
  readonly #boxes = new LineBoxWriter('pt');
  readonly #starts: PageStart[] = [];
  readonly #seen = new Set<string>();
  #boxedPages = 0;
  #wasItem = false;
  #title: string | undefined;

  constructor(document: DoclingDocument) {
    this.#document = document;
  }

  parsed(mediaType: string): ParsedDocument {
    this.#walk();
    const text = this.#writer.text();
    const pages = Object.keys(this.#document.pages).length;
    return {
      mediaType,
      format: 'markdown',
      text,
      spans: pages === 0 ? pageSpans(text, []).map(({ page: _, ...span }) => span) : pageSpans(text, this.#starts),
      boxes: this.#boxes.boxes(),
      title: this.#title,
      metadata: pages === 0 ? undefined : { pages },
    };
  }

  /** Visits the items from the body down, without recursion, because nesting is not limited. Each item is written once. */
  #walk(): void {
    const open: { readonly ref: Ref; readonly depth: number }[] = [];
    const push = (refs: readonly Ref[], depth: number): void => {
      for (const ref of [...refs].reverse()) open.push({ ref, depth });
    };
    push(this.#document.body.children, -1);
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { depth } = next;
      const { $ref: name } = next.ref;
      if (this.#seen.has(name)) continue;
      this.#seen.add(name);
      const item = this.#itemAt(name);
      if (item === undefined || item.content_layer === 'furniture' || leftOut.has(item.label)) continue;
      const isList = item.label === 'list' || item.label === 'ordered_list';
      push(item.children, isList ? depth + 1 : depth);
      // A caption comes before what it describes, wherever the document stores it.
      for (const { $ref: caption } of item.captions) this.#writeOnce(caption, depth);
      this.#write(item, depth);
    }
  }

  #writeOnce(name: string, depth: number): void {
    if (this.#seen.has(name)) return;
    this.#seen.add(name);
    const item = this.#itemAt(name);
    if (item !== undefined) this.#write(item, depth);
  }

  #itemAt(name: string): Item | undefined {
    const [, list, index] =
      /^#\/(texts|tables|pictures|groups|key_value_items|form_items)\/(\d{1,7})$/.exec(name) ?? [];
    switch (list) {
      case 'texts':
        return this.#document.texts[Number(index)];
      case 'tables':
        return this.#document.tables[Number(index)];
      case 'pictures':
        return this.#document.pictures[Number(index)];
      case 'groups':
        return this.#document.groups[Number(index)];
      default:
        return undefined;
    }
  }

  #write(item: Item, depth: number): void {
    const text = item.text ?? '';
    if (text.trim() === '' && item.data === undefined) return;
    const isItem = item.label === 'list_item';
    // List items are on consecutive lines, indented by their level.
    const start = this.#writer.length() + (isItem && this.#wasItem ? Math.max(depth, 0) * 2 - 1 : 0);
    this.#wasItem = isItem;
    this.#place(item.prov[0], start);
    if (item.data === undefined) this.#writeText(item, text, depth);
    else this.#writer.table(rowsOf(item.data));
  }

  #writeText({ label, level = 1, code_language: language }: Item, text: string, depth: number): void {
    const writer = this.#writer;
    switch (label) {
      case 'title':
        this.#title ??= text.replace(/\s+/g, ' ').trim();
        writer.heading(1, text);
        break;
      case 'section_header':
        writer.heading(level + 1, text);
        break;
      case 'list_item':
        writer.item(Math.max(depth, 0), text);
        break;
      case 'code':
        writer.code(text, /^[a-z+#]{1,20}$/i.exec(language ?? '')?.[0].toLowerCase());
        break;
      case 'formula':
        writer.raw(`$$${text}$$`);
        break;
      case 'checkbox_selected':
      case 'checkbox_unselected':
        writer.paragraph(`[${label === 'checkbox_selected' ? 'x' : ' '}] ${text}`);
        break;
      default:
        writer.paragraph(text);
    }
  }

  /** Records the page and the box of the item that is written next. */
  #place(prov: Provenance | undefined, start: number): void {
    if (prov === undefined) return;
    const page = prov.page_no;
    if (this.#starts.at(-1)?.page !== page) this.#starts.push({ start, page });
    // Boxes must follow the order of pages; an item on an earlier page than the one before it keeps only its page.
    if (page < this.#boxedPages || page > this.#boxedPages + 100_000) return;
    while (this.#boxedPages < page) {
      this.#boxedPages += 1;
      const { width = 0, height = 0 } = this.#document.pages[String(this.#boxedPages)]?.size ?? {};
      this.#boxes.addPage(width, height);
    }
    this.#boxes.addLine(start, boxOf(prov, this.#document.pages[String(page)]?.size.height ?? 0));
  }
}

function boxOf({ bbox }: Provenance, height: number): Box {
  const [top, bottom] = bbox.coord_origin === 'TOPLEFT' ? [bbox.t, bbox.b] : [height - bbox.t, height - bbox.b];
  return { left: bbox.l, right: bbox.r, top: Math.min(top, bottom), bottom: Math.max(top, bottom) };
}

/** A cell that spans others is repeated in each row and column that it covers. */
function rowsOf({ table_cells: cells, num_rows: rows, num_cols: columns }: Table): readonly (readonly string[])[] {
  const grid = Array.from({ length: rows }, () => Array.from({ length: columns }, () => ''));
  for (const cell of cells) {
    const lastRow = Math.min(cell.end_row_offset_idx, rows);
    const lastColumn = Math.min(cell.end_col_offset_idx, columns);
    for (let row = cell.start_row_offset_idx; row < lastRow; row += 1)
      for (let column = cell.start_col_offset_idx; column < lastColumn; column += 1) {
        const line = grid[row];
        if (line !== undefined) line[column] = cell.text;
      }
  }
  return grid;
}
