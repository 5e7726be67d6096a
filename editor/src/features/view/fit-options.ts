/** Space at the sides for edges that go back to the next row, and below for the zoom control, so that it covers no card. */
const padding = { x: 0.1, top: 0.06, bottom: '64px' } as const;

/** The options to fit the whole workflow into the view. */
export const fitOptions = { padding, maxZoom: 1, minZoom: 0.06 };

/**
 * Above this many nodes, only visible ones are drawn, and a workflow opens zoomed in: all nodes at once are slow to draw and too small to
 * read.
 */
export const manyNodes = 150;

/** Below this zoom a large workflow is drawn as plain boxes and lines. */
export const overviewZoom = 0.32;

/** The view in which a large workflow opens. */
export const largeFitOptions = { ...fitOptions, minZoom: 0.5 };

/** Below this zoom a card shows an overview of itself: icon, title and a status line, at a readable size. */
export const farZoom = 0.52;

/** From each zoom on, the height of letters on the canvas that makes them at least 9 pixels on screen. */
const farSizes = [
  [0.4, 23],
  [0.3, 30],
  [0.2, 45],
  [0.13, 70],
  [0.08, 113],
  [0, 180],
] as const;

/** The size of letters on cards in the overview; undefined where cards are near enough to read. In few steps, so that a zoom draws cards seldom. */
export function farSize(zoom: number): number | undefined {
  return zoom >= farZoom ? undefined : farSizes.find(([from]) => zoom >= from)?.[1];
}
