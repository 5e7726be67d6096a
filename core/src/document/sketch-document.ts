import { z } from 'zod';
import type { NodeCatalog } from '../node/catalog.js';
import { chosenPositions } from './chosen-positions.js';
import { columnsOf } from './columns-of.js';
import { splitEnd, type WorkflowDocument } from './workflow-document.js';

/** A sketch with more nodes is not readable. */
const mostNodes = 80;
/** A sketch with more lines is not readable. */
const mostEdges = 2_000;

/** The graph of a workflow for a small picture: its nodes with their positions, and which nodes are connected. */
export const WorkflowSketch = z
  .object({
    nodes: z.array(z.tuple([z.number(), z.number()])),
    /** Indexes of the connected nodes. */
    edges: z.array(z.tuple([z.int(), z.int()])),
    /** The icon and the category of each node, in the order of `nodes`; empty texts for a type that is not known. */
    icons: z.array(z.tuple([z.string(), z.string()])).optional(),
  })
  .meta({ id: 'WorkflowSketch' });
export type WorkflowSketch = z.infer<typeof WorkflowSketch>;

/** The sketch of a document; undefined if it has no nodes or too many. */
export function sketchOf(
  { nodes, edges: all, layout }: WorkflowDocument,
  catalog: Pick<NodeCatalog, 'get'>,
): WorkflowSketch | undefined {
  const ids = Object.keys(nodes);
  if (ids.length === 0 || ids.length > mostNodes) return undefined;
  const edges = all.slice(0, mostEdges);
  const positions = chosenPositions({ nodes, layout });
  const columns = positions.size === ids.length ? undefined : columnsOf({ nodes, edges });
  const index = new Map(ids.map((id, at) => [id, at]));
  const seen = new Set<string>();
  return {
    icons: ids.map((id) => {
      const known = catalog.get(nodes[id]?.type ?? '');
      return [known?.icon ?? '', known?.category ?? ''];
    }),
    nodes: ids.map((id) => {
      const [x, y] = positions.get(id) ?? columns?.get(id) ?? [0, 0];
      return [Math.round(x), Math.round(y)];
    }),
    edges: edges.flatMap(({ from, to }): [number, number][] => {
      const a = index.get(splitEnd(from)?.node ?? '');
      const b = index.get(splitEnd(to)?.node ?? '');
      if (a === undefined || b === undefined || a === b || seen.has(`${a} ${b}`)) return [];
      seen.add(`${a} ${b}`);
      return [[a, b]];
    }),
  };
}
