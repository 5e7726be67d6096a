import { DocumentEdge, DocumentNode, forbiddenNames, nodeIdPattern, splitEnd, type WorkflowDocument } from '@heddle/core';
import { z } from 'zod';
import { layoutOf, withPlaces } from './layout-of.js';
import { freeNodeId, hasNode } from './node-ids.js';

/** A part of a workflow as it travels on the clipboard: plain JSON, between workflows and browser tabs. */
export const Fragment = z.object({
  heddleFragment: z.literal(1),
  nodes: z.record(z.string().regex(nodeIdPattern), DocumentNode),
  edges: z.array(DocumentEdge),
  places: z.record(z.string(), z.tuple([z.number(), z.number()])),
});
export type Fragment = z.infer<typeof Fragment>;

/** The named nodes, the edges between them, and where they stand. */
export function copyFragment(document: WorkflowDocument, ids: ReadonlySet<string>): Fragment {
  const inside = (end: string): boolean => ids.has(splitEnd(end)?.node ?? '');
  const places = layoutOf(document).nodes;
  return {
    heddleFragment: 1,
    nodes: Object.fromEntries(Object.entries(document.nodes).filter(([id]) => ids.has(id))),
    edges: document.edges.filter((edge) => inside(edge.from) && inside(edge.to)),
    places: Object.fromEntries(Object.entries(places).filter(([id]) => ids.has(id))),
  };
}

/** Reads what was on the clipboard; undefined where it is not a part of a workflow. */
export function readFragment(text: string): Fragment | undefined {
  if (text.length > 5_000_000) return undefined;
  try {
    const parsed = Fragment.safeParse(JSON.parse(text));
    if (!parsed.success || Object.keys(parsed.data.nodes).some((id) => forbiddenNames.has(id))) return undefined;
    return parsed.data;
  } catch {
    return undefined; // Not JSON: somebody copied a text.
  }
}

/** Puts a fragment in, under ids that are free, its upper left corner at a place; gives the new ids too. */
export function pasteFragment(document: WorkflowDocument, fragment: Fragment, corner: readonly [number, number]): { readonly document: WorkflowDocument; readonly ids: readonly string[] } {
  const renamed = new Map<string, string>();
  const nodes = { ...document.nodes };
  for (const [id, node] of Object.entries(fragment.nodes)) {
    const next = freeNodeId(id.replace(/-\d+$/, ''), (candidate) => hasNode({ ...document, nodes }, candidate));
    renamed.set(id, next);
    nodes[next] = node;
  }
  const end = (text: string): string | undefined => {
    const parts = splitEnd(text);
    const node = renamed.get(parts?.node ?? '');
    return parts === undefined || node === undefined ? undefined : `${node}.${parts.port}`;
  };
  const edges = fragment.edges.flatMap((edge) => {
    const [from, to] = [end(edge.from), end(edge.to)];
    return from === undefined || to === undefined ? [] : [{ ...edge, from, to }];
  });
  const known = Object.values(fragment.places);
  const left = Math.min(...known.map(([x]) => x), Number.POSITIVE_INFINITY);
  const top = Math.min(...known.map(([, y]) => y), Number.POSITIVE_INFINITY);
  const places = [...renamed].map(([id, next], index): [string, [number, number]] => {
    const [x, y] = fragment.places[id] ?? [left + index * 24, top + index * 24];
    return [next, Number.isFinite(left) ? [corner[0] + x - left, corner[1] + y - top] : [corner[0] + index * 24, corner[1] + index * 24]];
  });
  return { document: withPlaces({ ...document, nodes, edges: [...document.edges, ...edges] }, new Map(places)), ids: [...renamed.values()] };
}
