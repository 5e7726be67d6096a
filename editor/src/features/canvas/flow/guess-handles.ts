import { Position, type NodeHandle } from '@xyflow/react';
import type { WorkflowDocument } from '@heddle/core';
import { usedPorts, cardWidth, portHeight, portsTop } from '../../document/index.js';

/** The estimated positions of a card's ports, so that its edges can be drawn before the card is. */
export function guessHandles(document: Pick<WorkflowDocument, 'edges'>, id: string): NodeHandle[] {
  const { inputs, outputs } = usedPorts(document, id);
  const y = (index: number): number => portsTop + index * portHeight + portHeight / 2;
  const size = { width: 1, height: 1 };
  return [
    ...[...inputs].map((name, index): NodeHandle => ({
      id: name,
      type: 'target',
      position: Position.Left,
      x: 0,
      y: y(index),
      ...size,
    })),
    ...[...outputs].map((name, index): NodeHandle => ({
      id: name,
      type: 'source',
      position: Position.Right,
      x: cardWidth,
      y: y(index),
      ...size,
    })),
  ];
}
