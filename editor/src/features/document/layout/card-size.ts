import type { DocumentNode, WorkflowDocument } from '@heddle/core';
import { z } from 'zod';
import { usedPorts } from '../read/edge-index.js';

/** The width of a card. */
export const cardWidth = 248;
const headHeight = 38;
const headlineHeight = 25;
/** The height of a port row. */
export const portHeight = 22;
const portsPadding = 12;
/** The top of a card's port rows. */
export const portsTop = headHeight + headlineHeight + portsPadding / 2;

/** The approximate height of a card before it is drawn. */
export function guessHeight(document: Pick<WorkflowDocument, 'edges'>, id: string): number {
  const { inputs, outputs } = usedPorts(document, id);
  return headHeight + headlineHeight + portsPadding + Math.max(1, inputs.size, outputs.size) * portHeight;
}

/** The number of ports that most nodes show at least, connected or not. */
const usualPorts = 4;
/** One line of state and five lines of output, or the first passages. */
const resultHeight = 130;

/** The parts of a request on a card besides its fields: the question, its subject, the reason and the buttons. */
const questionHeight = 320;
const fieldHeight = 64;

/** The height that a card needs during a run, before it is drawn. */
export function roomHeight(document: Pick<WorkflowDocument, 'nodes' | 'edges'>, id: string): number {
  const { inputs, outputs } = usedPorts(document, id);
  const unseen = Math.max(0, usualPorts - Math.max(1, inputs.size, outputs.size));
  return guessHeight(document, id) + unseen * portHeight + Math.max(resultHeight, askedHeight(document.nodes[id]));
}

/** The height of the request on a human input node. */
function askedHeight(node: DocumentNode | undefined): number {
  if (node?.type !== 'human-input') return 0;
  const form = z.object({ form: z.object({ properties: z.record(z.string(), z.unknown()) }) }).safeParse(node.config);
  return questionHeight + Object.keys(form.data?.form.properties ?? {}).length * fieldHeight;
}
