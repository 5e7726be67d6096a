import type { InnerWorkflow } from './workflow-document.js';

/**
 * The positions of the nodes. If several nodes all have the same position, as documents from scripts do, no position counts.
 *
 * @example chosenPositions({ nodes: { a, b }, layout: { nodes: { a: [0, 0], b: [0, 0] }, … } }).size // 0
 */
export function chosenPositions({
  nodes,
  layout,
}: Pick<InnerWorkflow, 'nodes' | 'layout'>): ReadonlyMap<string, readonly [number, number]> {
  const positions = new Map(Object.entries(layout?.nodes ?? {}));
  const given = Object.keys(nodes).flatMap((id): [string, readonly [number, number]][] => {
    const position = positions.get(id);
    return position === undefined ? [] : [[id, position]];
  });
  const isOneHeap = given.length > 1 && new Set(given.map(([, [x, y]]) => `${x} ${y}`)).size === 1;
  return new Map(isOneHeap ? [] : given);
}
