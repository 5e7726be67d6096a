import type { Box } from './box.js';

/** The part of a canvas at 1440 × 900 that a workflow may fill beside the panel, at 100 %. */
const room = { width: 960, height: 700 };

/** The zoom, at most 1, at which all boxes are in view on a usual canvas. */
export function zoomToFit(boxes: readonly Box[]): number {
  const width = Math.max(...boxes.map(({ x, width: own }) => x + own)) - Math.min(...boxes.map(({ x }) => x));
  const height = Math.max(...boxes.map(({ y, height: own }) => y + own)) - Math.min(...boxes.map(({ y }) => y));
  return Math.min(1, room.width / width, room.height / height);
}
