import type { WorkflowDocument } from '@heddle/core';
import type { ReactFlowState } from '@xyflow/react';
import { cardWidth } from '../document/index.js';
import { manyNodes } from './fit-options.js';

/**
 * Whether the map is visible. A user who turned it on always sees it, because a button without an effect is worse than a map that is not
 * needed. Without a choice, it appears for large workflows that are partly out of view.
 */
export function isMapShown(
  choice: boolean | undefined,
  document: WorkflowDocument | undefined,
  isPartHidden: boolean,
): boolean {
  return choice ?? (isPartHidden && Object.keys(document?.nodes ?? {}).length > manyNodes);
}

/** Whether a part of the workflow is out of view. */
export function isPartHidden(state: Pick<ReactFlowState, 'nodes' | 'transform' | 'width' | 'height'>): boolean {
  const { nodes, transform, width: wide, height: high } = state;
  return nodes.some((node) => {
    const { x, y, width, height } = boxOnScreen(node, transform);
    return x < 0 || y < 0 || x + width > wide || y + height > high;
  });
}

/** The box of a card in screen pixels, relative to the canvas. */
export function boxOnScreen(
  { position, measured }: ReactFlowState['nodes'][number],
  [left, top, zoom]: ReactFlowState['transform'],
) {
  return {
    x: position.x * zoom + left,
    y: position.y * zoom + top,
    width: (measured?.width ?? cardWidth) * zoom,
    height: (measured?.height ?? 0) * zoom,
  };
}
