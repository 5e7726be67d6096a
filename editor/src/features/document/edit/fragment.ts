import {
  DocumentEdge,
  DocumentNode,
  forbiddenNames,
  InnerWorkflow,
  Layout,
  nodeIdPattern,
  parseDocument,
  splitEnd,
  type WorkflowDocument,
} from '@heddle/core';
import { z } from 'zod';
import { reachedNames } from '../inner/inner-document.js';
import { freeInnerNames, withInnerNames } from './inner-names.js';
import { layoutOf, withPositions } from '../layout/layout-of.js';
import { freeNodeId, hasNode } from './node-ids.js';
import { freeId } from './notes.js';

/** A part of a workflow on the clipboard. It is plain JSON, so it can be copied between workflows and browser tabs. */
export const Fragment = z.object({
  heddleFragment: z.literal(1),
  nodes: z.record(z.string().regex(nodeIdPattern), DocumentNode),
  edges: z.array(DocumentEdge),
  places: z.record(z.string(), z.tuple([z.number(), z.number()])),
  notes: Layout.shape.notes,
  groups: Layout.shape.groups,
  /** The inner workflows that the nodes run, directly or indirectly. */
  workflows: z.record(z.string(), InnerWorkflow).optional(),
});
export type Fragment = z.infer<typeof Fragment>;

/** Copies the given nodes with the edges between them, the groups that are completely included, the given notes, and the layout. */
export function copyFragment(
  document: WorkflowDocument,
  ids: ReadonlySet<string>,
  noteIds: ReadonlySet<string> = new Set(),
): Fragment {
  const inside = (end: string): boolean => ids.has(splitEnd(end)?.node ?? '');
  const { nodes: positions, notes, groups } = layoutOf(document);
  const nodes = Object.entries(document.nodes).filter(([id]) => ids.has(id));
  const used = reachedNames(
    nodes.map(([, node]) => node),
    document.workflows,
  );
  const inner = Object.entries(document.workflows ?? {}).filter(([name]) => used.has(name));
  return {
    heddleFragment: 1,
    nodes: Object.fromEntries(nodes),
    edges: document.edges.filter((edge) => inside(edge.from) && inside(edge.to)),
    places: Object.fromEntries(Object.entries(positions).filter(([id]) => ids.has(id))),
    notes: notes.filter(({ id }) => noteIds.has(id)),
    groups: groups.filter((group) => group.nodes.length > 0 && group.nodes.every((id) => ids.has(id))),
    ...(inner.length === 0 ? {} : { workflows: Object.fromEntries(inner) }),
  };
}

/** Copies a whole workflow. */
export function fragmentOf(document: WorkflowDocument): Fragment {
  return copyFragment(
    document,
    new Set(Object.keys(document.nodes)),
    new Set(layoutOf(document).notes.map(({ id }) => id)),
  );
}

/** Reads a fragment or a whole workflow from the clipboard's text; undefined for any other text. */
export function readFragment(text: string): Fragment | undefined {
  if (text.length > 5_000_000) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'heddle' in value) return fragmentOf(parseDocument(value));
    const parsed = Fragment.safeParse(value);
    if (!parsed.success || Object.keys(parsed.data.nodes).some((id) => forbiddenNames.has(id))) return undefined;
    return parsed.data;
  } catch {
    return undefined; // Not JSON or not a workflow: the user copied something else.
  }
}

interface Pasted {
  readonly document: WorkflowDocument;
  readonly ids: readonly string[];
  readonly notes: readonly string[];
}

/** Inserts a fragment under free ids, with its upper left corner at the given position. Also returns the new ids. */
export function pasteFragment(
  document: WorkflowDocument,
  fragment: Fragment,
  corner: readonly [number, number],
): Pasted {
  const inner = freeInnerNames(fragment.workflows ?? {}, document.workflows ?? {});
  const withNames = (node: DocumentNode): DocumentNode => withInnerNames(node, (name) => inner.get(name)?.name ?? name);
  const renamed = new Map<string, string>();
  const nodes = { ...document.nodes };
  for (const [id, node] of Object.entries(fragment.nodes)) {
    const next = freeNodeId(id.replace(/-\d+$/, ''), (candidate) => hasNode({ ...document, nodes }, candidate));
    renamed.set(id, next);
    nodes[next] = withNames(node);
  }
  const edges = renamedEdges(fragment.edges, renamed);
  const known = [...Object.values(fragment.places), ...fragment.notes.map(({ at }) => at)];
  const left = Math.min(...known.map(([x]) => x), Number.POSITIVE_INFINITY);
  const top = Math.min(...known.map(([, y]) => y), Number.POSITIVE_INFINITY);
  const positions = [...renamed].map(([id, next], index): [string, [number, number]] => {
    const [x, y] = fragment.places[id] ?? [left + index * 24, top + index * 24];
    return [
      next,
      Number.isFinite(left)
        ? [corner[0] + x - left, corner[1] + y - top]
        : [corner[0] + index * 24, corner[1] + index * 24],
    ];
  });
  const placed = withPositions({ ...document, nodes, edges: [...document.edges, ...edges] }, new Map(positions));
  const layout = layoutOf(placed);
  const notes = [...layout.notes];
  for (const note of fragment.notes)
    notes.push({
      ...note,
      id: freeId('note', notes),
      at: [Math.round(corner[0] + note.at[0] - left), Math.round(corner[1] + note.at[1] - top)],
    });
  const groups = [...layout.groups];
  for (const group of fragment.groups)
    groups.push({ ...group, id: freeId('group', groups), nodes: group.nodes.flatMap((id) => renamed.get(id) ?? []) });
  const parts = Object.entries(fragment.workflows ?? {}).flatMap(([key, workflow]): [string, InnerWorkflow][] => {
    const { name, isHere } = inner.get(key) ?? { name: key, isHere: false };
    if (isHere) return [];
    const within = Object.entries(workflow.nodes).map(([id, node]) => [id, withNames(node)] as const);
    return [[name, { ...workflow, nodes: Object.fromEntries(within) }]];
  });
  const isPlain = fragment.notes.length + fragment.groups.length === 0;
  return {
    document: {
      ...placed,
      ...(isPlain ? {} : { layout: { ...layout, notes, groups } }),
      ...(parts.length === 0 ? {} : { workflows: { ...document.workflows, ...Object.fromEntries(parts) } }),
    },
    ids: [...renamed.values()],
    notes: notes.slice(layout.notes.length).map(({ id }) => id),
  };
}

/** The edges between the renamed nodes, with their new ids. */
function renamedEdges(edges: readonly DocumentEdge[], renamed: ReadonlyMap<string, string>): DocumentEdge[] {
  const end = (text: string): string | undefined => {
    const parts = splitEnd(text);
    const node = renamed.get(parts?.node ?? '');
    return parts === undefined || node === undefined ? undefined : `${node}.${parts.port}`;
  };
  return edges.flatMap((edge) => {
    const from = end(edge.from);
    const to = end(edge.to);
    return from === undefined || to === undefined ? [] : [{ ...edge, from, to }];
  });
}
