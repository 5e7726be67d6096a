import {
  nodeIdPattern,
  splitEnd,
  type DocumentEdge,
  type DocumentNode,
  type InnerWorkflow,
  type WorkflowDocument,
} from '../document/workflow-document.js';
import { HeddleError } from '../errors/heddle-error.js';
import type { NodeCatalog } from '../node/catalog.js';
import { withoutUndefined } from '../values/without-undefined.js';
import type { DraftChange } from './draft-change.js';

type Graph = Pick<InnerWorkflow, 'nodes' | 'edges' | 'layout'>;

interface ChangeContext {
  readonly catalog: NodeCatalog;
  /** Why this caller must not change the settings of a node; undefined if the caller may. */
  readonly lockOf?: (node: DocumentNode) => string | undefined;
}

/**
 * Applies a list of changes to a copy of a document, all or none. Errors: `change_invalid` with the number of the change, `forbidden` for a
 * node with values that the caller may not see.
 *
 * @example applyChanges(document, [{ change: 'add_node', id: 'say', type: 'prompt' }], { catalog })
 */
export function applyChanges(
  document: WorkflowDocument,
  changes: readonly DraftChange[],
  context: ChangeContext,
): WorkflowDocument {
  const draft = structuredClone(document);
  for (const [index, change] of changes.entries()) {
    try {
      applyChange(draft, change, context);
    } catch (error) {
      if (!(error instanceof HeddleError)) throw error;
      throw new HeddleError(
        error.code,
        `Change ${index + 1} (${change.change}): ${error.message} Nothing was changed.`,
        {
          cause: error,
          details: { ...error.details, index },
        },
      );
    }
  }
  return draft;
}

function applyChange(draft: WorkflowDocument, change: DraftChange, context: ChangeContext): void {
  switch (change.change) {
    case 'set_workflow':
      if (change.name !== undefined) draft.name = change.name;
      if (change.description !== undefined) draft.description = change.description;
      return;
    case 'add_inner_workflow':
      return addInner(draft, change.name, change.title);
    case 'add_node':
      return addNode(graphOf(draft, change.within), change, context);
    case 'insert_between':
      return insertBetween(graphOf(draft, change.within), change, context);
    case 'connect':
      return connect(graphOf(draft, change.within), change);
    case 'disconnect':
      return disconnect(graphOf(draft, change.within), change);
    case 'set_inputs':
    case 'set_outputs':
      return setFields(graphOf(draft, change.within), change, context);
    case 'remove_node':
      return removeNode(graphOf(draft, change.within), change.id);
    case 'rename_node':
      return renameNode(graphOf(draft, change.within), change.id, change.to);
    case 'set_config':
    case 'set_title':
    case 'set_label':
    case 'set_run':
      return setOfNode(graphOf(draft, change.within), change, context);
  }
}

const invalid = (message: string): HeddleError => new HeddleError('change_invalid', message);

function graphOf(draft: WorkflowDocument, within: string | undefined): Graph {
  if (within === undefined) return draft;
  const name = within.replace(/^#/, '');
  const inner =
    draft.workflows !== undefined && Object.hasOwn(draft.workflows, name) ? draft.workflows[name] : undefined;
  if (inner === undefined) throw invalid(`There is no inner workflow '${name}': add it with add_inner_workflow.`);
  return inner;
}

function addInner(draft: WorkflowDocument, name: string, title: string | undefined): void {
  if (!nodeIdPattern.test(name))
    throw invalid(`'${name}' is not a valid name: use lower-case letters, digits, _ and -.`);
  if (draft.workflows !== undefined && Object.hasOwn(draft.workflows, name))
    throw invalid(`There is an inner workflow '${name}' already.`);
  draft.workflows = { ...draft.workflows, [name]: { ...withoutUndefined({ title }), nodes: {}, edges: [] } };
}

function nodeOf(graph: Graph, id: string): DocumentNode {
  const node = Object.hasOwn(graph.nodes, id) ? graph.nodes[id] : undefined;
  if (node !== undefined) return node;
  const ids = Object.keys(graph.nodes);
  const named = ids.slice(0, 40).join(', ');
  throw invalid(
    `There is no node '${id}'. The nodes are: ${named === '' ? 'none' : named}${ids.length > 40 ? ', …' : ''}.`,
  );
}

type NewNode = Pick<Extract<DraftChange, { change: 'add_node' }>, 'id' | 'type' | 'config' | 'title' | 'label'>;

function addNode(graph: Graph, { id, type, config, title, label }: NewNode, { catalog }: ChangeContext): void {
  checkNewId(graph, id);
  const definition = catalog.get(type);
  if (definition === undefined)
    throw invalid(`There is no node type '${type}': list_node_types lists the existing ones.`);
  graph.nodes[id] = { type, version: definition.version, config: config ?? {}, ...withoutUndefined({ title, label }) };
}

function checkNewId(graph: Graph, id: string): void {
  if (!nodeIdPattern.test(id) || id === '__proto__')
    throw invalid(
      `'${id}' is not a valid id: use lower-case letters, digits, _ and -, at most 64, starting with a letter.`,
    );
  if (Object.hasOwn(graph.nodes, id)) throw invalid(`There is a node '${id}' already: choose another id.`);
}

function removeNode(graph: Graph, id: string): void {
  nodeOf(graph, id);
  Reflect.deleteProperty(graph.nodes, id);
  graph.edges = graph.edges.filter(({ from, to }) => splitEnd(from)?.node !== id && splitEnd(to)?.node !== id);
  const { layout } = graph;
  if (layout === undefined) return;
  Reflect.deleteProperty(layout.nodes, id);
  layout.groups = layout.groups.map((group) => ({ ...group, nodes: group.nodes.filter((each) => each !== id) }));
}

function renameNode(graph: Graph, id: string, to: string): void {
  const node = nodeOf(graph, id);
  checkNewId(graph, to);
  const renamed = (end: string): string => (splitEnd(end)?.node === id ? `${to}.${splitEnd(end)?.port ?? ''}` : end);
  graph.nodes = Object.fromEntries(
    Object.entries(graph.nodes).map(([key, each]) => [key === id ? to : key, key === id ? node : each]),
  );
  graph.edges = graph.edges.map((edge) => ({ ...edge, from: renamed(edge.from), to: renamed(edge.to) }));
  const { layout } = graph;
  if (layout === undefined) return;
  const at = layout.nodes[id];
  Reflect.deleteProperty(layout.nodes, id);
  if (at !== undefined) layout.nodes[to] = at;
  layout.groups = layout.groups.map((group) => ({
    ...group,
    nodes: group.nodes.map((each) => (each === id ? to : each)),
  }));
}

type NodeSetting = Extract<DraftChange, { change: 'set_config' | 'set_title' | 'set_label' | 'set_run' }>;

function setOfNode(graph: Graph, change: NodeSetting, { lockOf }: ChangeContext): void {
  const node = nodeOf(graph, change.id);
  // Another label or other settings could reveal the hidden values of a node.
  if (change.change !== 'set_title') checkLock(node, change.id, lockOf);
  switch (change.change) {
    case 'set_config': {
      const { config, unset = [] } = change;
      node.config = Object.fromEntries(
        Object.entries({ ...node.config, ...config }).filter(([name]) => !unset.includes(name)),
      );
      return;
    }
    case 'set_title':
      node.title = change.title;
      return;
    case 'set_label':
      if (change.label === null) delete node.label;
      else node.label = change.label;
      return;
    case 'set_run':
      if (change.run === null) delete node.run;
      else node.run = change.run;
      return;
  }
}

function checkLock(node: DocumentNode, id: string, lockOf: ChangeContext['lockOf']): void {
  const reason = lockOf?.(node);
  if (reason !== undefined)
    throw new HeddleError('forbidden', `The settings of '${id}' are for a person to change: ${reason}`, {
      details: { node: id },
    });
}

function checkedEnd(graph: Graph, end: string): string {
  const parts = splitEnd(end);
  if (parts === undefined) throw invalid(`'${end}' is not the end of an edge: write node.port.`);
  nodeOf(graph, parts.node);
  return end;
}

interface Ends {
  readonly from: string;
  readonly to: string;
}

function connect(
  graph: Graph,
  { from, to, loop }: Ends & Pick<Extract<DraftChange, { change: 'connect' }>, 'loop'>,
): void {
  const edge: DocumentEdge = {
    from: checkedEnd(graph, from),
    to: checkedEnd(graph, to),
    ...withoutUndefined({ loop: loop && { max: loop.max ?? 10, atLimit: loop.atLimit ?? 'fail' } }),
  };
  if (graph.edges.some((each) => each.from === from && each.to === to))
    throw invalid(`There is an edge from '${from}' to '${to}' already.`);
  graph.edges.push(edge);
}

function edgeAt(graph: Graph, { from, to }: Ends): number {
  const at = graph.edges.findIndex((edge) => edge.from === from && edge.to === to);
  if (at >= 0) return at;
  const others = graph.edges
    .filter((edge) => edge.to === to || edge.from === from)
    .map((edge) => `${edge.from} to ${edge.to}`);
  throw invalid(
    `There is no edge from '${from}' to '${to}'.${others.length === 0 ? '' : ` Near it: ${others.slice(0, 10).join('; ')}.`}`,
  );
}

function disconnect(graph: Graph, ends: Ends): void {
  graph.edges.splice(edgeAt(graph, ends), 1);
}

function insertBetween(
  graph: Graph,
  change: Extract<DraftChange, { change: 'insert_between' }>,
  context: ChangeContext,
): void {
  const at = edgeAt(graph, change);
  const edge = graph.edges[at];
  if (edge === undefined) return;
  addNode(graph, change, context);
  graph.edges.splice(
    at,
    1,
    { from: edge.from, to: `${change.id}.${change.input}` },
    { ...edge, from: `${change.id}.${change.output}` },
  );
}

/** Sets the fields of the input or output node, and creates the node if it is missing. Edges of removed fields are removed too. */
function setFields(
  graph: Graph,
  { change, id, fields }: Extract<DraftChange, { change: 'set_inputs' | 'set_outputs' }>,
  context: ChangeContext,
): void {
  const type = change === 'set_inputs' ? 'input' : 'output';
  const found = Object.entries(graph.nodes).filter(
    ([key, node]) => node.type === type && (id === undefined || key === id),
  );
  if (found.length > 1)
    throw invalid(`There are several ${type} nodes (${found.map(([key]) => key).join(', ')}): name one with id.`);
  const [key, node] = found[0] ?? [];
  if (key === undefined || node === undefined) {
    const free = id ?? (Object.hasOwn(graph.nodes, type) ? `${type}-1` : type);
    return addNode(graph, { id: free, type, config: { fields } }, context);
  }
  checkLock(node, key, context.lockOf);
  node.config = { ...node.config, fields };
  const names = new Set(fields.map(({ name }) => name));
  graph.edges = graph.edges.filter((edge) => {
    const end = splitEnd(type === 'input' ? edge.from : edge.to);
    return end?.node !== key || names.has(end.port);
  });
}
