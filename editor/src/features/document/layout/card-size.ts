import { errorPortName, type DocumentNode, type NodeDescription, type WorkflowDocument } from '@heddle/core';
import { z } from 'zod';
import { usedPorts, type UsedPorts } from '../read/edge-index.js';
import { foldPorts } from '../read/fold-ports.js';
import { headlineOf } from '../read/headline.js';
import { looseEnds } from '../read/ports-of.js';

export const cardWidth = 248;
const headHeight = 38;
const headlineHeight = 25;
/** The height of a port row; the button that unfolds ports is as high. */
export const portHeight = 22;
const portsPadding = 12;
const borders = 2;
/** The distance from the top of a card to its first port row. */
export const portsTop = headHeight + headlineHeight + portsPadding / 2;

type Graph = Pick<WorkflowDocument, 'nodes' | 'edges'>;
/** The known node types, by name. */
export type NodeTypes = ReadonlyMap<string, NodeDescription>;

/** The estimated height of a card without results, before it is drawn. Without node types, it counts only the connected ports. */
export function guessHeight(document: Graph, id: string, byType?: NodeTypes): number {
  const node = document.nodes[id];
  const used = usedPorts(document, id);
  const description = byType?.get(node?.type ?? '');
  if (node === undefined || description === undefined)
    return headHeight + headlineHeight + portsPadding + Math.max(1, used.inputs.size, used.outputs.size) * portHeight;
  const headline = headlineOf(node, description) === undefined ? 0 : headlineHeight;
  return borders + headHeight + headline + portsPadding + rowsOf(used, description) * portHeight;
}

/**
 * The number of port rows of a card: its visible ports, and a row for the buttons that unfold ports. Ports that settings add are counted if
 * edges use them.
 */
function rowsOf(used: UsedPorts, description: NodeDescription): number {
  const { shown, folded } = foldPorts(description, used, description);
  const loose = looseEnds(description, used);
  const rows = (side: 'inputs' | 'outputs'): number =>
    shown[side].filter(({ name }) => name !== errorPortName).length +
    loose[side].length +
    Math.min(1, folded[side].length);
  return Math.max(rows('inputs'), rows('outputs'));
}

/** The height of a state line with five lines of output, or of the first passages. */
const resultHeight = 130;
/** The height of a human input request on a card without its fields: the question, its subject, the reason and the buttons. */
const questionHeight = 320;
const fieldHeight = 64;

/** The estimated height that a card needs during a run, before it is drawn. */
export function heightDuringRun(document: Graph, id: string, byType?: NodeTypes): number {
  // Without node types, it is unknown which ports are folded, so there is room for the button.
  const unseen = byType === undefined ? portHeight : 0;
  return guessHeight(document, id, byType) + unseen + Math.max(resultHeight, requestHeight(document.nodes[id]));
}

/** The height of the request on a human input node; 0 for other nodes. */
function requestHeight(node: DocumentNode | undefined): number {
  if (node?.type !== 'human-input') return 0;
  const form = z.object({ form: z.object({ properties: z.record(z.string(), z.unknown()) }) }).safeParse(node.config);
  return questionHeight + Object.keys(form.data?.form.properties ?? {}).length * fieldHeight;
}
