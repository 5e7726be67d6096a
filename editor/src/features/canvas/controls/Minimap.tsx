import { MiniMap, useStore, type ReactFlowState } from '@xyflow/react';
import { memo, useState, type ReactElement } from 'react';
import type { FlowNode } from '../flow/flow-types.js';
import { boxOnScreen } from '../../view/index.js';
import { coveredCorners, mapCorners, nextCorner, type MapCorner } from './map-corner.js';
import { useMapShown } from './use-map-shown.js';
import styles from '../canvas.module.css';

/** A small map of the whole workflow that marks the visible part. Dragging it moves the view. */
export const Minimap = memo(function Minimap(): ReactElement | null {
  return useMapShown() ? <PlacedMap /> : null;
});

/** Puts the map in a corner where it covers no card, if there is one. */
function PlacedMap(): ReactElement {
  const covered = useStore(cornersCovered);
  const [corner, setCorner] = useState<MapCorner>('bottom-right');
  const next = nextCorner(corner, new Set(mapCorners.filter((one) => covered.includes(one))));
  if (next !== corner) setCorner(next);
  return (
    <MiniMap<FlowNode>
      className={styles['minimap']}
      position={next}
      ariaLabel="Map of the workflow"
      pannable
      zoomable
      nodeClassName={classOf}
      nodeBorderRadius={16}
    />
  );
}

const classOf = ({ type }: FlowNode): string =>
  (type === 'frame' ? styles['minimap-frame'] : type === 'note' ? styles['minimap-note'] : undefined) ?? '';

/** Returns a string, so that an unchanged result does not render the map again. */
function cornersCovered(state: ReactFlowState): string {
  const cards = state.nodes.filter(({ type }) => type !== 'frame');
  const boxes = cards.map((card) => boxOnScreen(card, state.transform));
  return [...coveredCorners(boxes, state)].join(' ');
}
