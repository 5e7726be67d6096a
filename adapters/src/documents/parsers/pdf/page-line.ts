import type { Box } from '../line-boxes.js';

export interface PageLine {
  readonly text: string;
  /** The font size in points, as displayed. */
  readonly size: number;
  readonly isBold: boolean;
  /** The upper and lower edge of its first character, from the top of the displayed page. */
  readonly top: number;
  readonly bottom: number;
  /** The box of the whole line; undefined for text without a position on the page. */
  readonly box?: Box | undefined;
  /** Whether its last word continues in the next line. */
  readonly isHyphenated: boolean;
  /** Whether it begins a separate block, such as a caption or a footnote. */
  readonly isBlock?: boolean;
}

/** The size of a displayed page in points, and its lines in reading order. */
export interface PageText {
  readonly width: number;
  readonly height: number;
  readonly lines: readonly PageLine[];
}
