import type { Box } from '../line-boxes.js';

/** A line of a page, and how it is set. */
export interface PageLine {
  readonly text: string;
  /** Font size in points, as it appears. */
  readonly size: number;
  readonly isBold: boolean;
  /** Upper and lower edge of its first character, from the top of the page as it is shown. */
  readonly top: number;
  readonly bottom: number;
  /** The whole line; missing for what has no place on the page. */
  readonly box?: Box | undefined;
  /** Whether its last word goes on in the next line. */
  readonly isHyphenated: boolean;
  /** Whether it begins a block of its own, such as a caption or a footnote. */
  readonly isBlock?: boolean;
}

/** A page in points, as it is shown, with its lines in reading order. */
export interface PageText {
  readonly width: number;
  readonly height: number;
  readonly lines: readonly PageLine[];
}
