/** Room below for the zoom control, so that it covers no card of a workflow that is seen whole. */
const padding = { x: 0.06, top: 0.06, bottom: '64px' } as const;

/** How the whole workflow is brought into view. */
export const fitOptions = { padding, maxZoom: 1.1, minZoom: 0.06 };

/** Above this many nodes, only those in view are drawn, and a workflow opens near rather than whole: all of it at once is slow to draw and too small to read. */
export const manyNodes = 150;

/** Below this zoom a large workflow is drawn as plain boxes and lines. */
export const overviewZoom = 0.32;

/** How a large workflow is opened. */
export const largeFitOptions = { ...fitOptions, minZoom: 0.5 };

/** Below this zoom a card shows its icon and title only, at a size that can be read. */
export const farZoom = 0.52;
