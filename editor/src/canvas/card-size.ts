import { Position, type NodeHandle } from '@xyflow/react';
import type { DocumentNode, WorkflowDocument } from '@heddle/core';
import { z } from 'zod';
import { usedPorts } from '../document/edge-index.js';

/** How wide a card is. */
export const cardWidth = 248;
const headHeight = 38;
const headlineHeight = 25;
const portHeight = 22;
const portsPadding = 12;

/** How high a card will about be, before it has been drawn. */
export function guessHeight(document: Pick<WorkflowDocument, 'edges'>, id: string): number {
  const { inputs, outputs } = usedPorts(document, id);
  return headHeight + headlineHeight + portsPadding + Math.max(1, inputs.size, outputs.size) * portHeight;
}

/** As many ports as most nodes show at least, connected or not. */
const usualPorts = 4;
/** A line of state and five lines of what comes out, or the first passages. */
const resultHeight = 130;

/** What stands on the card of a question beside its fields: the question, what it is about, the reason and the buttons. */
const questionHeight = 320;
const fieldHeight = 64;

/** The room that a card needs once a run shows in it, before it has been drawn. */
export function roomHeight(document: Pick<WorkflowDocument, 'nodes' | 'edges'>, id: string): number {
  const { inputs, outputs } = usedPorts(document, id);
  const unseen = Math.max(0, usualPorts - Math.max(1, inputs.size, outputs.size));
  return guessHeight(document, id) + unseen * portHeight + Math.max(resultHeight, askedHeight(document.nodes[id]));
}

/** How high the question of a node becomes that asks a person. */
function askedHeight(node: DocumentNode | undefined): number {
  if (node?.type !== 'ask') return 0;
  const form = z.object({ form: z.object({ properties: z.record(z.string(), z.unknown()) }) }).safeParse(node.config);
  return questionHeight + Object.keys(form.data?.form.properties ?? {}).length * fieldHeight;
}

/** Where the ports of a card will about be, so that its threads can be drawn before the card has been. */
export function guessHandles(document: Pick<WorkflowDocument, 'edges'>, id: string): NodeHandle[] {
  const { inputs, outputs } = usedPorts(document, id);
  const y = (index: number): number =>
    headHeight + headlineHeight + portsPadding / 2 + index * portHeight + portHeight / 2;
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
