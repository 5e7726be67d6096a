import { MiniMap } from '@xyflow/react';
import { memo, type ReactElement } from 'react';
import { useView } from '../session.js';
import type { FlowNode } from './flow-types.js';

/** The whole workflow, small, and the part of it that is seen; dragging it moves the view. */
export const Minimap = memo(function Minimap(): ReactElement | null {
  const isOpen = useView((state) => state.isMinimapOpen);
  if (!isOpen) return null;
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
