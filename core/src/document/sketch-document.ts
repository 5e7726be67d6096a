import { z } from 'zod';
import { chosenPlaces } from './chosen-places.js';
import { columnsOf } from './columns-of.js';
import { splitEnd, type WorkflowDocument } from './workflow-document.js';

/** More nodes than this are no picture any more. */
const mostNodes = 80;
/** More lines than this are a dark area, wherever they lead. */
const mostEdges = 2_000;

/** A workflow's graph as a small picture needs it: where its nodes stand, and which of them hang together. */
export const WorkflowSketch = z
  .object({
    nodes: z.array(z.tuple([z.number(), z.number()])),
    /** Indexes of the nodes at both ends. */
    edges: z.array(z.tuple([z.int(), z.int()])),
  })
  .meta({ id: 'WorkflowSketch' });
export type WorkflowSketch = z.infer<typeof WorkflowSketch>;

/** The sketch of a document; undefined for one without nodes, or with too many for a picture. */
export function sketchOf({ nodes, edges: all, layout }: WorkflowDocument): WorkflowSketch | undefined {
  const ids = Object.keys(nodes);
  if (ids.length === 0 || ids.length > mostNodes) return undefined;
  const edges = all.slice(0, mostEdges);
  const places = chosenPlaces({ nodes, layout });
  const columns = places.size === ids.length ? undefined : columnsOf({ nodes, edges });
  const index = new Map(ids.map((id, at) => [id, at]));
  const seen = new Set<string>();
  return {
    nodes: ids.map((id) => {
      const [x, y] = places.get(id) ?? columns?.get(id) ?? [0, 0];
      return [Math.round(x), Math.round(y)];
    }),
    edges: edges.flatMap(({ from, to }): [number, number][] => {
      const [a, b] = [index.get(splitEnd(from)?.node ?? ''), index.get(splitEnd(to)?.node ?? '')];
      if (a === undefined || b === undefined || a === b || seen.has(`${a} ${b}`)) return [];
      seen.add(`${a} ${b}`);
      return [[a, b]];
    }),
  };
}
