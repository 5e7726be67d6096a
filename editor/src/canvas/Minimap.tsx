import { MiniMap, useStore, type ReactFlowState } from '@xyflow/react';
import { memo, useState, type ReactElement } from 'react';
import { useDocument, useView } from '../session.js';
import { cardWidth } from './card-size.js';
import { isMapWanted } from './fit-options.js';
import type { FlowNode } from './flow-types.js';
import { coveredCorners, mapCorners, nextCorner, type MapCorner } from './map-corner.js';

/** The whole workflow, small, and the part of it that is seen; dragging it moves the view. Nothing while all of it is seen anyway. */
export const Minimap = memo(function Minimap(): ReactElement | null {
  const choice = useView((state) => state.isMinimapOpen);
  const isOpen = useDocument(({ document }) => isMapWanted(choice, document));
  const isNeeded = useStore(isPartSeen);
  return isOpen && isNeeded ? <PlacedMap /> : null;
});

/** The map in the corner where it covers no card, if there is one. */
function PlacedMap(): ReactElement {
  const covered = useStore(cornersCovered);
  const [corner, setCorner] = useState<MapCorner>('bottom-right');
  const next = nextCorner(corner, new Set(mapCorners.filter((one) => covered.includes(one))));
  if (next !== corner) setCorner(next);
  return (
    <MiniMap<FlowNode>
      className="minimap"
      position={next}
      ariaLabel="Map of the workflow"
      pannable
      zoomable
      nodeClassName={classOf}
      nodeBorderRadius={16}
    />
  );
}

const classOf = (node: FlowNode): string => `minimap-${node.type ?? 'card'}`;

/** As a text, so that what does not change is not drawn again. */
function cornersCovered(state: ReactFlowState): string {
  const cards = state.nodes.filter(({ type }) => type !== 'frame');
  return [...coveredCorners(cards.map(onScreen(state)), state)].join(' ');
}

/** Whether something of the workflow lies outside of what is seen. */
function isPartSeen(state: ReactFlowState): boolean {
  const { width: wide, height: high } = state;
  return state.nodes.map(onScreen(state)).some(({ x, y, width, height }) => {
    return x < 0 || y < 0 || x + width > wide || y + height > high;
  });
}

const onScreen =
  ({ transform: [left, top, zoom] }: Pick<ReactFlowState, 'transform'>) =>
  ({ position, measured }: ReactFlowState['nodes'][number]) => ({
    x: position.x * zoom + left,
    y: position.y * zoom + top,
    width: (measured?.width ?? cardWidth) * zoom,
    height: (measured?.height ?? 0) * zoom,
  });
