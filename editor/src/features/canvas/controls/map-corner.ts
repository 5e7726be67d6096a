import type { Box } from '../../document/index.js';

/** The corners for the map, the best one first; the zoom control has the fourth corner. */
export const mapCorners = ['bottom-right', 'top-right', 'top-left'] as const;
export type MapCorner = (typeof mapCorners)[number];

/** The map with its margin, as `overview.css` draws it. */
const mapSize = { width: 186, height: 134 };

/** The corners where the map would cover cards; boxes are in screen pixels from the canvas's upper left corner. */
export function coveredCorners(
  boxes: readonly Box[],
  { width, height }: Pick<Box, 'width' | 'height'>,
): ReadonlySet<MapCorner> {
  const isUnder = (box: Box, corner: MapCorner): boolean => {
    const left = corner === 'top-left' ? 0 : width - mapSize.width;
    const top = corner === 'bottom-right' ? height - mapSize.height : 0;
    return (
      box.x < left + mapSize.width &&
      box.x + box.width > left &&
      box.y < top + mapSize.height &&
      box.y + box.height > top
    );
  };
  return new Set(mapCorners.filter((corner) => boxes.some((box) => isUnder(box, corner))));
}

/** The corner for the map: the same as before, unless it covers cards there and another corner is free. */
export function nextCorner(before: MapCorner, covered: ReadonlySet<MapCorner>): MapCorner {
  if (!covered.has(before)) return before;
  return mapCorners.find((corner) => !covered.has(corner)) ?? before;
}
