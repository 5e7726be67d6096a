import type { Box } from '../view/view-store.js';

/** Whether a box of the document lies within the view. */
export function isWhole(
  box: Box,
  { x, y, zoom, width, height }: { x: number; y: number; zoom: number; width: number; height: number },
): boolean {
  const [left, top] = [box.x * zoom + x, box.y * zoom + y];
  return left >= -1 && top >= -1 && left + box.width * zoom <= width + 1 && top + box.height * zoom <= height + 1;
}
