import type { GraphEntityReply } from '@heddle/core';

/** The most neighbours in the drawing; the list shows all. */
const mostNeighbours = 10;

/** The size of a box of the drawing, in pixels. */
export const boxSize = { width: 148, height: 44 };

/** A box of the drawing; `x` and `y` are its centre. */
export interface DrawnEntity {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly x: number;
  readonly y: number;
}

/** A line between the entity and a neighbour. */
export interface DrawnLine {
  readonly neighbour: string;
  /** The text of a relation; empty if passages mention both entities but no relation is known. */
  readonly text: string;
  readonly direction: 'to' | 'from' | 'both' | undefined;
  /** The number of passages that mention both, as a share of the largest such number. */
  readonly share: number;
}

interface Neighbourhood {
  readonly boxes: readonly DrawnEntity[];
  readonly lines: readonly DrawnLine[];
}

/** Places the entity in the middle and its nearest neighbours on an ellipse around it. Neighbours with a relation come first. */
export function neighbourhoodOf({ entity, neighbours, relations }: GraphEntityReply): Neighbourhood {
  const related = new Set(relations.flatMap(({ source, target }) => [source, target]));
  const isRelated = ({ id }: { readonly id: string }): boolean => related.has(id);
  const drawn = [...neighbours.filter(isRelated), ...neighbours.filter((one) => !isRelated(one))].slice(
    0,
    mostNeighbours,
  );
  const most = Math.max(1, ...drawn.map(({ shared }) => shared));
  const radius = { x: 285, y: drawn.length > 6 ? 165 : 120 };
  const boxes = drawn.map(({ id, name, type }, index) => {
    // Starts at the left, so that two neighbours are beside the entity and not above it.
    const angle = Math.PI + (2 * Math.PI * index) / drawn.length;
    return { id, name, type, x: Math.round(radius.x * Math.cos(angle)), y: Math.round(radius.y * Math.sin(angle)) };
  });
  const lines = drawn.map(({ id, shared }) => {
    const to = relations.filter(({ source, target }) => source === entity.id && target === id);
    const from = relations.filter(({ source, target }) => source === id && target === entity.id);
    const texts = [...new Set([...to, ...from].map(({ text }) => text))];
    const more = texts.length > 1 ? ` +${texts.length - 1}` : '';
    return {
      neighbour: id,
      text: texts[0] === undefined ? '' : `${texts[0]}${more}`,
      direction: directionOf(to.length > 0, from.length > 0),
      share: shared / most,
    };
  });
  return { boxes: [{ ...entity, x: 0, y: 0 }, ...boxes], lines };
}

const directionOf = (isTo: boolean, isFrom: boolean): DrawnLine['direction'] =>
  isTo && isFrom ? 'both' : isTo ? 'to' : isFrom ? 'from' : undefined;

/** The point at which a line from the centre of a box to another point crosses the box's border. */
export function boxEdge(
  from: { readonly x: number; readonly y: number },
  to: { readonly x: number; readonly y: number },
  margin = 0,
): { readonly x: number; readonly y: number } {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const halfWidth = boxSize.width / 2 + margin;
  const halfHeight = boxSize.height / 2 + margin;
  const scale = Math.min(
    dx === 0 ? Infinity : halfWidth / Math.abs(dx),
    dy === 0 ? Infinity : halfHeight / Math.abs(dy),
  );
  return Number.isFinite(scale) ? { x: from.x + dx * scale, y: from.y + dy * scale } : from;
}
