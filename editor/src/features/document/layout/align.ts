import type { Box } from './box.js';

export type Alignment = 'left' | 'right' | 'top' | 'bottom' | 'centre' | 'middle';
export type Axis = 'horizontal' | 'vertical';
type Boxes = ReadonlyMap<string, Box>;
type Positions = Map<string, readonly [number, number]>;

/** The positions that align boxes at the outermost edge, or at the centre of all. */
export function align(boxes: Boxes, alignment: Alignment): Positions {
  const all = [...boxes.values()];
  const left = Math.min(...all.map(({ x }) => x));
  const right = Math.max(...all.map(({ x, width }) => x + width));
  const top = Math.min(...all.map(({ y }) => y));
  const bottom = Math.max(...all.map(({ y, height }) => y + height));
  const positionOf = ({ x, y, width, height }: Box): readonly [number, number] => {
    switch (alignment) {
      case 'left':
        return [left, y];
      case 'right':
        return [right - width, y];
      case 'top':
        return [x, top];
      case 'bottom':
        return [x, bottom - height];
      case 'centre':
        return [(left + right - width) / 2, y];
      case 'middle':
        return [x, (top + bottom - height) / 2];
    }
  };
  return new Map([...boxes].map(([id, box]) => [id, positionOf(box)]));
}

/** The positions that leave equal gaps between boxes along an axis. The two outermost boxes do not move. */
export function distribute(boxes: Boxes, axis: Axis): Positions {
  const [start, size] = axis === 'horizontal' ? (['x', 'width'] as const) : (['y', 'height'] as const);
  const sorted = [...boxes].sort(([, a], [, b]) => a[start] - b[start]);
  const first = sorted[0]?.[1];
  const last = sorted.at(-1)?.[1];
  if (first === undefined || last === undefined || sorted.length < 3) return new Map();
  const taken = sorted.reduce((sum, [, box]) => sum + box[size], 0);
  const gap = (last[start] + last[size] - first[start] - taken) / (sorted.length - 1);
  let at = first[start];
  return new Map(
    sorted.map(([id, box]) => {
      const position: readonly [number, number] = axis === 'horizontal' ? [at, box.y] : [box.x, at];
      at += box[size] + gap;
      return [id, position];
    }),
  );
}
