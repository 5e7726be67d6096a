/** Space at the sides for edges that return to the next row, and at the bottom for the zoom control, so that it covers no card. */
const padding = { x: 0.1, top: 0.06, bottom: '64px' } as const;

/** The options that fit the whole workflow into the view. */
export const fitOptions = { padding, maxZoom: 1, minZoom: 0.06 };

/**
 * A workflow with more nodes draws only the visible ones and opens zoomed in, because drawing all at once is slow and makes them too small
 * to read.
 */
export const manyNodes = 150;

/** Below this zoom a large workflow is drawn as plain boxes and lines. */
export const overviewZoom = 0.32;

/** The options with which a large workflow opens. */
export const largeFitOptions = { ...fitOptions, minZoom: 0.5 };

/** Below this zoom, a card shows only its icon, title and a status line, at a readable size. */
export const farZoom = 0.52;

/** The font size on the canvas from each zoom on, so that letters are at least 9 pixels high on the screen. */
const farSizes = [
  [0.4, 23],
  [0.3, 30],
  [0.2, 45],
  [0.13, 70],
  [0.08, 113],
  [0, 180],
] as const;

/**
 * The font size of cards in the overview; undefined if the zoom is high enough to read them. It changes in few steps, so that zooming
 * seldom renders the cards again.
 */
export function farSize(zoom: number): number | undefined {
  return zoom >= farZoom ? undefined : farSizes.find(([from]) => zoom >= from)?.[1];
}
