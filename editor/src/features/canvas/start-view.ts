import type { Edge, Node, Viewport } from '@xyflow/react';
import { largeFitOptions } from '../view/index.js';

/** The distance of the start card from the left border of the canvas. */
const left = 48;
const fromTop = 0.35;
/** The part of the canvas that a whole workflow may fill. */
const fill = 0.88;

/**
 * The view in which a large workflow opens: near enough to read, with its start at the left. The start is the leftmost card without an
 * incoming edge. Undefined if the whole workflow is readable at once or has no cards. Sizes are in pixels of the canvas.
 */
export function startView(
  nodes: readonly Node[],
  edges: readonly Pick<Edge, 'target'>[],
  room: { readonly width: number; readonly height: number },
): Viewport | undefined {
  const cards = nodes.filter(({ type }) => type === 'card' || type === 'folded');
  if (cards.length === 0) return undefined;
  const zoom = largeFitOptions.minZoom;
  const spanOf = (axis: 'x' | 'y', size: 'width' | 'height'): readonly [number, number] => [
    Math.min(...cards.map(({ position }) => position[axis])),
    Math.max(...cards.map(({ position, measured }) => position[axis] + (measured?.[size] ?? 0))),
  ];
  const [first, last] = spanOf('x', 'width');
  const [top, bottom] = spanOf('y', 'height');
  const isLow = (bottom - top) * zoom <= room.height * fill;
  if (isLow && (last - first) * zoom <= room.width * fill) return undefined;
  const entered = new Set(edges.map(({ target }) => target));
  const starts = cards.filter(({ id }) => !entered.has(id));
  const [start] = (starts.length === 0 ? cards : starts).toSorted(
    (a, b) => a.position.x - b.position.x || a.position.y - b.position.y,
  );
  const { x, y } = start?.position ?? { x: first, y: top };
  return {
    x: left - x * zoom,
    y: isLow ? (room.height - (top + bottom) * zoom) / 2 : room.height * fromTop - y * zoom,
    zoom,
  };
}
