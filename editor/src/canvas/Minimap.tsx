import { MiniMap, useStore, type ReactFlowState } from '@xyflow/react';
import { memo, type ReactElement } from 'react';
import { useView } from '../session.js';
import { cardWidth } from './card-size.js';
import { manyNodes } from './fit-options.js';
import type { FlowNode } from './flow-types.js';

/** The whole workflow, small, and the part of it that is seen; dragging it moves the view. Nothing while all of it is seen anyway. */
export const Minimap = memo(function Minimap(): ReactElement | null {
  const isOpen = useView((state) => state.isMinimapOpen);
  const isNeeded = useStore(isPartSeen);
  if (!isOpen || !isNeeded) return null;
  return (
    <MiniMap<FlowNode>
      className="minimap"
      ariaLabel="Map of the workflow"
      pannable
      zoomable
      nodeClassName={classOf}
      nodeBorderRadius={16}
    />
  );
});

const classOf = (node: FlowNode): string => `minimap-${node.type ?? 'card'}`;

/** Whether something of the workflow lies outside of what is seen. */
function isPartSeen({ nodes, transform: [x, y, zoom], width, height }: ReactFlowState): boolean {
  if (nodes.length > manyNodes) return true;
  return nodes.some(({ position, measured }) => {
    const [left, top] = [position.x * zoom + x, position.y * zoom + y];
    const right = left + (measured?.width ?? cardWidth) * zoom;
    const bottom = top + (measured?.height ?? 0) * zoom;
    return left < 0 || top < 0 || right > width || bottom > height;
  });
}
