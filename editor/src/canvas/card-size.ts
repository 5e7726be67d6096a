import type { DocumentNode, WorkflowDocument } from '@heddle/core';
import { z } from 'zod';
import { usedPorts } from '../document/edge-index.js';

/** How wide a card is. */
export const cardWidth = 248;
const headHeight = 38;
const headlineHeight = 25;
/** How high a card's row of a port is. */
export const portHeight = 22;
const portsPadding = 12;
/** Where the rows of a card's ports begin. */
export const portsTop = headHeight + headlineHeight + portsPadding / 2;

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
