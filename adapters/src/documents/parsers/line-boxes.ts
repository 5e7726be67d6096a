import type { LineBoxes } from '@heddle/core';

/** The edges of a rectangle on a page, from the page's upper left corner. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** How many lines of a document keep their boxes; later lines have only their page. */
const mostBoxes = 500_000;
const largestPage = 1_000_000;

/**
 * Collects the boxes of lines while their text is written. Boxes are cropped to their page; boxes outside it or without a size are left
 * out.
 */
export class LineBoxWriter {
  readonly #unit: LineBoxes['unit'];
  readonly #pages: (readonly [number, number])[] = [];
  #lines = new Int32Array(6 * 256);
  #count = 0;

  constructor(unit: LineBoxes['unit']) {
    this.#unit = unit;
  }

  addPage(width: number, height: number): void {
    const isSized = width > 0 && height > 0 && width <= largestPage && height <= largestPage;
    this.#pages.push(isSized ? [tenths(width) / 10, tenths(height) / 10] : [0, 0]);
  }

  /** Adds a line to the current page; `offset` is the start of its text. */
  addLine(offset: number, box: Box | undefined): void {
    const [width = 0, height = 0] = this.#pages.at(-1) ?? [];
    if (box === undefined || this.#count >= mostBoxes) return;
    const within = (value: number, most: number): number => tenths(Math.min(Math.max(value, 0), most));
    const edges = [
      within(box.left, width),
      within(box.top, height),
      within(box.right, width),
      within(box.bottom, height),
    ];
    const [left = 0, top = 0, right = 0, bottom = 0] = edges;
    if (!edges.every(Number.isFinite) || right <= left || bottom <= top) return;
    const at = this.#count * 6;
    if (at === this.#lines.length) {
      const more = new Int32Array(at * 2);
      more.set(this.#lines);
      this.#lines = more;
    }
    this.#lines.set([offset, this.#pages.length, ...edges], at);
    this.#count += 1;
  }

  /** Undefined if no line has a box. */
  boxes(): LineBoxes | undefined {
    if (this.#count === 0) return undefined;
    return { unit: this.#unit, pages: this.#pages, lines: this.#lines.slice(0, this.#count * 6) };
  }
}

const tenths = (value: number): number => Math.round(value * 10);
