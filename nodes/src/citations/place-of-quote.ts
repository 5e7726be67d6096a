import type { Place } from '@heddle/core';

/**
 * The location of a part of a passage: its boxes are the lines that contain the part, and its page is that of the first line.
 *
 * @example placeOfQuote(passage.place, 12, 40)
 */
export function placeOfQuote(place: Place | undefined, start: number, end: number): Place | undefined {
  if (place?.boxes === undefined) return place;
  const all = place.boxes.flatMap(({ lines }) => lines.map((line) => line[4]));
  // A line ends where the next one begins.
  const endOf = (at: number): number => all.find((other) => other > at) ?? Infinity;
  const boxes = place.boxes.flatMap((page) => {
    const lines = page.lines.filter((line) => line[4] < end && endOf(line[4]) > start);
    return lines.length === 0 ? [] : [{ ...page, lines }];
  });
  return boxes.length === 0 ? place : { ...place, page: boxes[0]?.page ?? place.page, boxes };
}
