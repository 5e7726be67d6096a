/** A line of a page, and how it is set. */
export interface PageLine {
  readonly text: string;
  /** Font size in points, as it appears. */
  readonly size: number;
  readonly isBold: boolean;
  /** Upper and lower edge of its first character; the page's origin is at the bottom. */
  readonly top: number;
  readonly bottom: number;
  /** Whether its last word goes on in the next line. */
  readonly isHyphenated: boolean;
}
