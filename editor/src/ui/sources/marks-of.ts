import type { Place } from '@heddle/core';

/** The rectangle of a mark on the picture of a page, as fractions of the page size. */
interface PageMark {
  readonly left: string;
  readonly top: string;
  readonly width: string;
  readonly height: string;
}

/** A passage has fewer marks than this; the rest is not drawn. */
const mostMarks = 500;

/** The marks of a page: one rectangle for each line. Boxes outside the page are left out. */
export function marksOf(boxes: Place['boxes'], page: number): readonly PageMark[] {
  return (boxes ?? [])
    .filter((one) => one.page === page && one.width > 0 && one.height > 0)
    .flatMap(({ width, height, lines }) =>
      lines.slice(0, mostMarks).flatMap(([left, top, right, bottom]) => {
        const x = within(left, width);
        const y = within(top, height);
        const across = within(right, width) - x;
        const down = within(bottom, height) - y;
        return across > 0 && down > 0
          ? [{ left: share(x, width), top: share(y, height), width: share(across, width), height: share(down, height) }]
          : [];
      }),
    )
    .slice(0, mostMarks);
}

const within = (value: number, most: number): number => Math.min(Math.max(value, 0), most);
const share = (part: number, whole: number): string => `${Math.round((part / whole) * 100_000) / 1_000}%`;
