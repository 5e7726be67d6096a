import type { DocumentEdge, InnerWorkflow, WorkflowDocument } from '../document/workflow-document.js';
import { canonicalJson } from '../values/json/canonical-json.js';
import { countValues } from '../values/size-within.js';
import { createPace, runThrough, type Pace, type Steps } from '../values/steps.js';
import type { DocumentDiff, EdgeChange, GraphDiff, InnerChange, NodeChange } from './document-diff.js';
import { diffFields, diffFieldsSteps, isSameValue } from './diff-fields.js';
import { edgesById } from './edges-by-id.js';

type Graph = Pick<InnerWorkflow, 'nodes' | 'edges' | 'layout'>;

/** Edges or positions to compare between two pauses. */
const stretch = 200;
/** Edges whose ends are read between two pauses. */
const stretchOfEnds = 5_000;
/** Values of nodes to compare between two pauses; a node counts as five more. */
const stretchOfValues = 2_000;

/**
 * Compares the meaning of two documents: nodes, settings, prompts word by word, edges, nested workflows. Layout changes are separate.
 *
 * @example diffDocuments(published, draft).nodes // [{ id: 'answer', change: 'changed', fields: [{ path: 'config.model', … }] }]
 */
export const diffDocuments = (before: WorkflowDocument, after: WorkflowDocument): DocumentDiff =>
  runThrough(diffDocumentsSteps(before, after));

/** `diffDocuments` in steps. */
export function* diffDocumentsSteps(before: WorkflowDocument, after: WorkflowDocument): Steps<DocumentDiff> {
  const graph = yield* diffGraphs(before, after);
  const fields = diffFields(headOf(before), headOf(after));
  const workflows = yield* diffInner(before.workflows ?? {}, after.workflows ?? {});
  return {
    ...graph,
    fields,
    workflows,
    isLayoutChanged: graph.isLayoutChanged || workflows.some(({ isLayoutChanged }) => isLayoutChanged),
    isSame:
      graph.nodes.length === 0 &&
      graph.edges.length === 0 &&
      fields.length === 0 &&
      workflows.every(({ change, nodes, edges, fields: own }) => change === 'changed' && isEmpty(nodes, edges, own)),
  };
}

const isEmpty = (...lists: readonly (readonly unknown[])[]): boolean => lists.every((list) => list.length === 0);

const headOf = ({ name, description }: WorkflowDocument): Record<string, unknown> => ({ name, description });

function* diffGraphs(before: Graph, after: Graph): Steps<GraphDiff> {
  const nodes = yield* diffNodes(before, after);
  const renamed = new Map(nodes.flatMap(({ id, from }) => (from === undefined ? [] : [[from, id] as const])));
  return {
    nodes,
    edges: yield* diffEdges(before.edges, after.edges, (edge) => renameEnds(edge, renamed)),
    isLayoutChanged: !(yield* isSameLayout(before.layout, after.layout)),
  };
}

/** Compared by part, because a layout has a position for each node. */
function* isSameLayout(before: Graph['layout'], after: Graph['layout']): Steps<boolean> {
  if (before === undefined || after === undefined) return before === after;
  for (const name of ['nodes', 'notes', 'groups'] as const) {
    const old = Object.entries(before[name]);
    const now = Object.entries(after[name]);
    if (old.length !== now.length) return false;
    const known = new Map<string, unknown>(old);
    for (const [index, [key, value]] of now.entries()) {
      if (!isSameValue(known.get(key), value)) return false;
      if (index % stretch === stretch - 1) yield;
    }
  }
  return true;
}

function* diffNodes(before: Graph, after: Graph): Steps<NodeChange[]> {
  const removed = Object.keys(before.nodes).filter((id) => !Object.hasOwn(after.nodes, id));
  const added = Object.keys(after.nodes).filter((id) => !Object.hasOwn(before.nodes, id));
  const origins = yield* renames(before, after, removed, added);
  const gone = new Set(origins.values());
  const changes: NodeChange[] = [];
  const isDue = createPace(stretchOfValues);
  for (const [id, node] of Object.entries(after.nodes)) {
    if (isDue(5)) yield;
    const from = origins.get(id);
    const known = Object.hasOwn(before.nodes, id) ? before.nodes[id] : undefined;
    if (from !== undefined) changes.push({ id, change: 'renamed', from, type: node.type, fields: [] });
    else if (known === undefined) changes.push({ id, change: 'added', type: node.type, fields: [] });
    else {
      const fields = yield* diffFieldsSteps(known, node, isDue);
      if (fields.length > 0) changes.push({ id, change: 'changed', type: node.type, fields });
    }
  }
  for (const id of removed) {
    if (!gone.has(id)) changes.push({ id, change: 'removed', type: before.nodes[id]?.type ?? '', fields: [] });
  }
  return changes;
}

/** Finds renamed nodes: a removed and an added node with the same content and neighbours are one renamed node. */
function* renames(
  before: Graph,
  after: Graph,
  removed: readonly string[],
  added: readonly string[],
): Steps<ReadonlyMap<string, string>> {
  const origins = new Map<string, string>();
  if (removed.length === 0 || added.length === 0) return origins;
  const left = new Map<string, string[]>();
  const others = new Set([...removed, ...added]);
  const isDue = createPace(stretch * 4);
  const edgesBefore = yield* edgesByNode(before);
  for (const id of removed) {
    const key = yield* fingerprint(before.nodes[id], id, edgesBefore.get(id) ?? [], others, isDue);
    const known = left.get(key);
    if (known === undefined) left.set(key, [id]);
    else known.push(id);
  }
  // The first removed node matches the first added node.
  for (const ids of left.values()) ids.reverse();
  const edgesAfter = yield* edgesByNode(after);
  for (const id of added) {
    const key = yield* fingerprint(after.nodes[id], id, edgesAfter.get(id) ?? [], others, isDue);
    const from = left.get(key)?.pop();
    if (from !== undefined) origins.set(id, from);
  }
  return origins;
}

const nodeOf = (end: string): string => end.split('.', 1)[0] ?? '';

/** The edges of each node. */
function* edgesByNode({ edges }: Graph): Steps<ReadonlyMap<string, readonly DocumentEdge[]>> {
  const byNode = new Map<string, DocumentEdge[]>();
  for (const [index, edge] of edges.entries()) {
    if (index % stretchOfEnds === stretchOfEnds - 1) yield;
    for (const node of new Set([nodeOf(edge.from), nodeOf(edge.to)])) {
      const known = byNode.get(node);
      if (known === undefined) byNode.set(node, [edge]);
      else known.push(edge);
    }
  }
  return byNode;
}

/** The identity of a node without its name: its content, and its edges to nodes that kept their names. */
function* fingerprint(
  node: unknown,
  id: string,
  edges: readonly DocumentEdge[],
  unnamed: ReadonlySet<string>,
  isDue: Pace,
): Steps<string> {
  const blank = (end: string): string => {
    const [other = '', port = ''] = end.split('.');
    return `${other === id ? 'self' : unnamed.has(other) ? '?' : other}.${port}`;
  };
  const known: string[] = [];
  for (const edge of edges) {
    known.push(canonicalJson({ ...edge, from: blank(edge.from), to: blank(edge.to) }));
    if (isDue(1)) yield;
  }
  if (isDue(4 + countValues(node) / 10)) yield;
  return canonicalJson([node, known.sort()]);
}

function renameEnds(edge: DocumentEdge, renamed: ReadonlyMap<string, string>): DocumentEdge {
  const rename = (end: string): string => {
    const [node = '', port = ''] = end.split('.');
    return `${renamed.get(node) ?? node}.${port}`;
  };
  return renamed.size === 0 ? edge : { ...edge, from: rename(edge.from), to: rename(edge.to) };
}

/** `rename` maps the nodes of an old edge to their new names. */
function* diffEdges(
  before: readonly DocumentEdge[],
  after: readonly DocumentEdge[],
  rename: (edge: DocumentEdge) => DocumentEdge,
): Steps<EdgeChange[]> {
  const known = yield* edgesById(before, rename);
  const now = yield* edgesById(after);
  const changes: EdgeChange[] = [];
  let count = 0;
  for (const [id, edge] of now) {
    count += 1;
    if (count % stretch === 0) yield;
    const old = known.get(id);
    if (old === undefined) changes.push({ id, change: 'added', fields: [] });
    else {
      const fields = diffFields({ loop: old.loop }, { loop: edge.loop });
      if (fields.length > 0) changes.push({ id, change: 'changed', fields });
    }
  }
  for (const id of known.keys()) if (!now.has(id)) changes.push({ id, change: 'removed', fields: [] });
  return changes;
}

function* diffInner(
  before: Readonly<Record<string, InnerWorkflow>>,
  after: Readonly<Record<string, InnerWorkflow>>,
): Steps<InnerChange[]> {
  const changes: InnerChange[] = [];
  for (const name of new Set([...Object.keys(after), ...Object.keys(before)])) {
    yield;
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    const now = Object.hasOwn(after, name) ? after[name] : undefined;
    const whole = { name, fields: [], nodes: [], edges: [], isLayoutChanged: false };
    if (old === undefined || now === undefined) {
      changes.push({ ...whole, change: old === undefined ? 'added' : 'removed' });
      continue;
    }
    const graph = yield* diffGraphs(old, now);
    const fields = diffFields({ title: old.title }, { title: now.title });
    if (!isEmpty(graph.nodes, graph.edges, fields) || graph.isLayoutChanged)
      changes.push({ name, change: 'changed', fields, ...graph });
  }
  return changes;
}
