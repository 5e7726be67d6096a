import type { Box } from './box.js';

/** The space that a workflow may fill beside the panel at 100 %, on a screen of 1440 × 900. */
const room = { width: 960, height: 700 };

/** The zoom, at most 1, at which all boxes are visible on a canvas of usual size. */
export function zoomToFit(boxes: readonly Box[]): number {
  const width = Math.max(...boxes.map(({ x, width: own }) => x + own)) - Math.min(...boxes.map(({ x }) => x));
  const height = Math.max(...boxes.map(({ y, height: own }) => y + own)) - Math.min(...boxes.map(({ y }) => y));
  return Math.min(1, room.width / width, room.height / height);
}
