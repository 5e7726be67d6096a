import type { WorkflowDocument } from '@heddle/core';
import type { ReactFlowState } from '@xyflow/react';
import { cardWidth } from './card-size.js';
import { manyNodes } from './fit-options.js';

/**
 * Whether the map shows. Whoever turned it on sees it, also where it covers cards or all of the workflow is in view: a button that was pressed and does
 * nothing is worse than a map that says little. Where nobody chose, it shows with many nodes, while a part of them is out of view.
 */
export function isMapShown(
  choice: boolean | undefined,
  document: WorkflowDocument | undefined,
  isPartHidden: boolean,
): boolean {
  return choice ?? (isPartHidden && Object.keys(document?.nodes ?? {}).length > manyNodes);
}

/** Whether something of the workflow lies outside of what is seen. */
export function isPartHidden(state: Pick<ReactFlowState, 'nodes' | 'transform' | 'width' | 'height'>): boolean {
  const { nodes, transform, width: wide, height: high } = state;
  return nodes.some((node) => {
    const { x, y, width, height } = boxOnScreen(node, transform);
    return x < 0 || y < 0 || x + width > wide || y + height > high;
  });
}

/** Where a card lies on the canvas, in pixels of the screen. */
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
