import { edgeId, type DocumentEdge, type InnerWorkflow, type WorkflowDocument } from '../document/workflow-document.js';
import { canonicalJson } from '../values/canonical-json.js';
import type { DocumentDiff, EdgeChange, GraphDiff, InnerChange, NodeChange } from './document-diff.js';
import { diffFields, isSameValue } from './diff-fields.js';

type Graph = Pick<InnerWorkflow, 'nodes' | 'edges' | 'layout'>;

/**
 * Compares two documents by meaning: nodes, settings, prompts word by word, edges, workflows inside. Layout is told apart.
 *
 * @example diffDocuments(published, draft).nodes // [{ id: 'answer', change: 'changed', fields: [{ path: 'config.model', … }] }]
 */
export function diffDocuments(before: WorkflowDocument, after: WorkflowDocument): DocumentDiff {
  const graph = diffGraphs(before, after);
  const fields = diffFields(headOf(before), headOf(after));
  const workflows = diffInner(before.workflows ?? {}, after.workflows ?? {});
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

function diffGraphs(before: Graph, after: Graph): GraphDiff {
  const nodes = diffNodes(before, after);
  const renamed = new Map(nodes.flatMap(({ id, from }) => (from === undefined ? [] : [[from, id] as const])));
  return {
    nodes,
    edges: diffEdges(
      before.edges.map((edge) => renameEnds(edge, renamed)),
      after.edges,
    ),
    isLayoutChanged: !isSameValue(before.layout ?? {}, after.layout ?? {}),
  };
}

function diffNodes(before: Graph, after: Graph): NodeChange[] {
  const removed = Object.keys(before.nodes).filter((id) => !Object.hasOwn(after.nodes, id));
  const added = Object.keys(after.nodes).filter((id) => !Object.hasOwn(before.nodes, id));
  const origins = renames(before, after, removed, added);
  const gone = new Set(origins.values());
  const changes: NodeChange[] = [];
  for (const [id, node] of Object.entries(after.nodes)) {
    const from = origins.get(id);
    const known = Object.hasOwn(before.nodes, id) ? before.nodes[id] : undefined;
    if (from !== undefined) changes.push({ id, change: 'renamed', from, type: node.type, fields: [] });
    else if (known === undefined) changes.push({ id, change: 'added', type: node.type, fields: [] });
    else {
      const fields = diffFields(known, node);
      if (fields.length > 0) changes.push({ id, change: 'changed', type: node.type, fields });
    }
  }
  for (const id of removed) {
    if (!gone.has(id)) changes.push({ id, change: 'removed', type: before.nodes[id]?.type ?? '', fields: [] });
  }
  return changes;
}

/** Nodes that went and came with the same content and the same neighbours were renamed. */
function renames(
  before: Graph,
  after: Graph,
  removed: readonly string[],
  added: readonly string[],
): ReadonlyMap<string, string> {
  const origins = new Map<string, string>();
  const left = new Map<string, string[]>();
  const others = new Set([...removed, ...added]);
  for (const id of removed) {
    const key = fingerprint(before, id, others);
    left.set(key, [...(left.get(key) ?? []), id]);
  }
  for (const id of added) {
    const key = fingerprint(after, id, others);
    const from = left.get(key)?.shift();
    if (from !== undefined) origins.set(id, from);
  }
  return origins;
}

/** What a node is, apart from its name: its content, and its edges to nodes that kept theirs. */
function fingerprint(graph: Graph, id: string, unnamed: ReadonlySet<string>): string {
  const blank = (end: string): string => {
    const [node = '', port = ''] = end.split('.');
    return `${node === id ? 'self' : unnamed.has(node) ? '?' : node}.${port}`;
  };
  const edges = graph.edges
    .filter(({ from, to }) => from.startsWith(`${id}.`) || to.startsWith(`${id}.`))
    .map((edge) => canonicalJson({ ...edge, from: blank(edge.from), to: blank(edge.to) }))
    .sort();
  return canonicalJson([graph.nodes[id], edges]);
}

function renameEnds(edge: DocumentEdge, renamed: ReadonlyMap<string, string>): DocumentEdge {
  const rename = (end: string): string => {
    const [node = '', port = ''] = end.split('.');
    return `${renamed.get(node) ?? node}.${port}`;
  };
  return renamed.size === 0 ? edge : { ...edge, from: rename(edge.from), to: rename(edge.to) };
}

function diffEdges(before: readonly DocumentEdge[], after: readonly DocumentEdge[]): EdgeChange[] {
  const known = new Map(before.map((edge) => [edgeId(edge), edge]));
  const now = new Map(after.map((edge) => [edgeId(edge), edge]));
  const changes: EdgeChange[] = [];
  for (const [id, edge] of now) {
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

function diffInner(
  before: Readonly<Record<string, InnerWorkflow>>,
  after: Readonly<Record<string, InnerWorkflow>>,
): InnerChange[] {
  const names = [...new Set([...Object.keys(after), ...Object.keys(before)])];
  return names.flatMap((name): InnerChange[] => {
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    const now = Object.hasOwn(after, name) ? after[name] : undefined;
    const whole = { name, fields: [], nodes: [], edges: [], isLayoutChanged: false };
    if (old === undefined) return [{ ...whole, change: 'added' }];
    if (now === undefined) return [{ ...whole, change: 'removed' }];
    const graph = diffGraphs(old, now);
    const fields = diffFields({ title: old.title }, { title: now.title });
    return isEmpty(graph.nodes, graph.edges, fields) && !graph.isLayoutChanged
      ? []
      : [{ name, change: 'changed', fields, ...graph }];
  });
}
