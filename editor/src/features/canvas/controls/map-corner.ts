import type { Box } from '../../document/index.js';

/** The corners for the map, in order of preference. The zoom control occupies the fourth. */
export const mapCorners = ['bottom-right', 'top-right', 'top-left'] as const;
export type MapCorner = (typeof mapCorners)[number];

/** The size of the map with its margin, as in `overview.css`. */
const mapSize = { width: 186, height: 134 };

/** Returns the corners where the map would cover cards. Boxes are in screen pixels from the upper left corner of the canvas. */
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

/** Returns the corner for the map. It changes only if the map covers cards there and another corner is free. */
export function nextCorner(before: MapCorner, covered: ReadonlySet<MapCorner>): MapCorner {
  if (!covered.has(before)) return before;
  return mapCorners.find((corner) => !covered.has(corner)) ?? before;
}
