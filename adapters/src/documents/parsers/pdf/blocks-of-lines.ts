import type { PageLine } from './page-line.js';

/** Matches the beginning of captions, in the languages of most papers. */
const caption =
  /^(?:fig(?:ure|ura|\.)?|abb(?:ildung|\.)|table(?:au)?|tab(?:elle|ella|la|\.)|scheme|chart|listing|algorithm|plate|box|图|表|図)\s{0,2}(?:[A-Z]?\d{1,3}[a-z]?|[IVX]{1,5})\s?[.:|–—．：]/iu;

/** Marks lines that begin a separate block: captions, the line after a caption, and footnotes. */
export function withBlocks(lines: readonly PageLine[], notes: ReadonlySet<PageLine>): readonly PageLine[] {
  let open: PageLine | undefined;
  return lines.map((line, at) => {
    const before = lines[at - 1];
    const isCaption = caption.test(line.text);
    const isAfter = open !== undefined && before !== undefined && !goesOn(open, before, line);
    if (isCaption) open = line;
    else if (isAfter) open = undefined;
    const isFirstNote = notes.has(line) && /^(?:\d{1,2}\b|[*†‡§¶∗])/u.test(line.text);
    return isCaption || isAfter || isFirstNote ? { ...line, isBlock: true } : line;
  });
}

/** Whether a line below a caption belongs to the caption: it has the same size and left edge, and is close to the line before. */
const goesOn = (caption: PageLine, before: PageLine, line: PageLine): boolean =>
  line.size === caption.size &&
  line.top > before.top &&
  line.top - before.bottom < line.size &&
  Math.abs((line.box?.left ?? 0) - (caption.box?.left ?? 0)) < line.size * 3;
