import { errorPortName, type DocumentNode, type NodeDescription, type WorkflowDocument } from '@heddle/core';
import { z } from 'zod';
import { usedPorts, type UsedPorts } from '../read/edge-index.js';
import { foldPorts } from '../read/fold-ports.js';
import { headlineOf } from '../read/headline.js';
import { looseEnds } from '../read/ports-of.js';

/** The width of a card. */
export const cardWidth = 248;
const headHeight = 38;
const headlineHeight = 25;
/** The height of a port row, and of the button that unfolds ports. */
export const portHeight = 22;
const portsPadding = 12;
const borders = 2;
/** The top of a card's port rows. */
export const portsTop = headHeight + headlineHeight + portsPadding / 2;

type Graph = Pick<WorkflowDocument, 'nodes' | 'edges'>;
/** The known node types. */
export type NodeTypes = ReadonlyMap<string, NodeDescription>;

/** The height of a card without a run before it is drawn; without node types, that of its connected ports. */
export function guessHeight(document: Graph, id: string, byType?: NodeTypes): number {
  const node = document.nodes[id];
  const used = usedPorts(document, id);
  const description = byType?.get(node?.type ?? '');
  if (node === undefined || description === undefined)
    return headHeight + headlineHeight + portsPadding + Math.max(1, used.inputs.size, used.outputs.size) * portHeight;
  const headline = headlineOf(node, description) === undefined ? 0 : headlineHeight;
  return borders + headHeight + headline + portsPadding + rowsOf(used, description) * portHeight;
}

/** The port rows of a card: those that are shown, and a row for the buttons. Ports that settings add are known where edges use them. */
function rowsOf(used: UsedPorts, description: NodeDescription): number {
  const { shown, folded } = foldPorts(description, used, description);
  const loose = looseEnds(description, used);
  const rows = (side: 'inputs' | 'outputs'): number =>
    shown[side].filter(({ name }) => name !== errorPortName).length +
    loose[side].length +
    Math.min(1, folded[side].length);
  return Math.max(rows('inputs'), rows('outputs'));
}

/** One line of state and five lines of output, or the first passages. */
const resultHeight = 130;
/** The parts of a request on a card besides its fields: the question, its subject, the reason and the buttons. */
const questionHeight = 320;
const fieldHeight = 64;

/** The height that a card needs during a run, before it is drawn. */
export function roomHeight(document: Graph, id: string, byType?: NodeTypes): number {
  // Without node types, the buttons of folded ports are not known.
  const unseen = byType === undefined ? portHeight : 0;
  return guessHeight(document, id, byType) + unseen + Math.max(resultHeight, askedHeight(document.nodes[id]));
}

/** The height of the request on a human input node. */
function askedHeight(node: DocumentNode | undefined): number {
  if (node?.type !== 'human-input') return 0;
  const form = z.object({ form: z.object({ properties: z.record(z.string(), z.unknown()) }) }).safeParse(node.config);
  return questionHeight + Object.keys(form.data?.form.properties ?? {}).length * fieldHeight;
}
