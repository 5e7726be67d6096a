import type { Box } from '../document/index.js';

/** The visible part of the document, and its size. */
interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
  readonly width: number;
  readonly height: number;
}

/** Whether a box of the document lies completely within the view. */
export function isFullyVisible(box: Box, { x, y, zoom, width, height }: Viewport): boolean {
  const left = box.x * zoom + x;
  const top = box.y * zoom + y;
  return left >= -1 && top >= -1 && left + box.width * zoom <= width + 1 && top + box.height * zoom <= height + 1;
}

/** The margin between a box and the edge of the view. */
const margin = 24;

/**
 * How far to move the view so that a box is fully visible. The movement is as small as possible; a box larger than the view is aligned at
 * its upper left corner.
 */
export function shiftInto(box: Box, room: Viewport): readonly [dx: number, dy: number] {
  const shift = (at: number, size: number, offset: number, length: number): number => {
    const begin = at * room.zoom + offset;
    const end = (at + size) * room.zoom + offset;
    if (begin < margin || end - begin > length - 2 * margin) return begin < 0 || end > length ? margin - begin : 0;
    return end > length - margin ? length - margin - end : 0;
  };
  return [shift(box.x, box.width, room.x, room.width), shift(box.y, box.height, room.y, room.height)];
}
