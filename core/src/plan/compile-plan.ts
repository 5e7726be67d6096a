import type { WorkflowDocument } from '../document/workflow-document.js';
import type { NodeCatalog } from '../node/catalog.js';
import { publicLabel, type Label } from '../labels/label.js';
import { runThrough, type Steps } from '../values/steps.js';
import { buildPlan } from './build-plan.js';
import { checkEmpty, checkInputs, checkLoopExits, checkReach } from './checks/check-graph.js';
import { checkLoopWaits } from './checks/check-loop-waits.js';
import { compileNested, type Compilation, type GraphOf } from './compile-nested.js';
import type { CompileResult } from './compile-result.js';
import type { CompileFacts } from './facts.js';
import { orderGraph } from './graph-order.js';
import { IssueList } from './issue-list.js';
import { findRegions } from './loop-regions.js';
import { resolveEdges, type ResolvedEdge } from './resolve-edges.js';
import { resolveNodes, type ResolvedNode } from './resolve-nodes.js';
import { checkNestedFlows, dataMapOf, incomingOf } from './data-map.js';
import { checkClearances, portLabel, resolveLabels } from './resolve-labels.js';
import { checkTypes, resolveTypes } from './resolve-types.js';
import { checkReferences } from './checks/check-references.js';
import { interfaceOfNodes } from './plan-interface.js';

/**
 * Compiles a document to a plan, or reports all its issues at once, each with a location and a fix. Iterative and linear in
 * nodes and edges (each loop adds the size of its region), so that 10,000 nodes take well under 200 ms.
 *
 * @example const { plan, issues } = compilePlan(parseDocument(text), createCatalog(standardNodes));
 */
export const compilePlan = (
  document: WorkflowDocument,
  catalog: NodeCatalog,
  facts: CompileFacts = {},
): CompileResult => runThrough(compilePlanSteps(document, catalog, facts));

/** `compilePlan` in steps, so that a server can do other work between them. */
export function* compilePlanSteps(
  document: WorkflowDocument,
  catalog: NodeCatalog,
  facts: CompileFacts = {},
): Steps<CompileResult> {
  // The outputs of a nested run go to the node that started it, not to the receivers.
  const compilation = { catalog, facts: { ...facts, receivers: [] }, done: new Map(), compile: compileGraph };
  const { result } = yield* compileGraph({ document, graph: document }, compilation, [], facts);
  return result;
}

/** Compiles one graph: the document itself or a workflow inside it. `trail` names the enclosing workflows. */
function* compileGraph(
  of: GraphOf,
  compilation: Compilation,
  trail: readonly string[],
  facts: CompileFacts = compilation.facts,
): ReturnType<Compilation['compile']> {
  const { document, graph } = of;
  const issues = new IssueList();
  checkEmpty(graph, issues);
  const isLarge = Object.keys(graph.nodes).length + graph.edges.length > large;
  const nested = yield* compileNested(of, compilation, trail, issues);
  const nodes = yield* resolveNodes(
    graph,
    compilation.catalog,
    (reference) => nested.get(reference)?.interface,
    issues,
    facts.prompt,
  );
  const edges = yield* resolveEdges(graph.edges, nodes, new Set(Object.keys(graph.nodes)), issues);
  const successors = successorsOf(nodes, edges);
  const { order, cycles } = orderGraph(successors);
  if (isLarge) yield;
  for (const cycle of cycles.slice(0, mostCycles)) reportCycle(cycle, nodes, edges, issues);
  const ports = yield* resolveTypes(nodes, edges, order);
  if (isLarge) yield;
  yield* checkTypes(nodes, edges, ports, issues);
  yield* checkInputs(nodes, edges, issues);
  checkReach(nodes, successors, issues);
  if (isLarge) yield;
  checkReferences(nodes, facts, issues);
  const regions = cycles.length > 0 ? [] : yield* findRegions(nodes, edges, successors, issues);
  yield* checkLoopExits(nodes, edges, regions, issues);
  yield* checkLoopWaits(nodes, edges, regions, issues);
  const known = order.length === nodes.length ? order : nodes.map((_node, index) => index);
  const labels = yield* resolveLabels(nodes, edges, known, facts);
  yield* checkClearances(nodes, edges, labels, facts, issues);
  const incoming = yield* incomingOf(nodes, edges, known, labels);
  const dataMap = yield* dataMapOf(nodes, incoming, facts, (reference) => nested.get(reference)?.dataMap ?? [], issues);
  checkNestedFlows(dataMap, issues);
  const planInterface = interfaceOfNodes(nodes, ports, edges, issues);
  if (isLarge) yield;
  const plan = issues.hasErrors
    ? undefined
    : yield* buildPlan({ document, nodes, edges, ports, regions, planInterface, workflows: nested.plans });
  if (isLarge) yield;
  const labelOf = new Map(nodes.map((node, index) => [node.id, labels[index] ?? publicLabel]));
  const edgeLabels = new Map<string, Label>();
  for (const [index, edge] of edges.entries()) {
    edgeLabels.set(edge.id, portLabel(nodes, labels, edge));
    if (index % stretch === stretch - 1) yield;
  }
  const portsOf = new Map(
    nodes.map((node, index) => [node.id, { inputs: ports.inputs[index] ?? {}, outputs: ports.outputs[index] ?? {} }]),
  );
  const found = { issues: issues.all, ports: portsOf, labels: labelOf, edgeLabels, dataMap };
  return { result: { plan, interface: planInterface, ...found }, height: nested.height + 1 };
}

/** Edges to process between two pauses. */
const stretch = 2_000;

/** Above this number of nodes and edges, the compilation pauses between the checks. */
const large = 500;

/** The most cycles that are reported. Each report searches all edges for the one that closes the cycle. */
const mostCycles = 20;

function successorsOf(nodes: readonly ResolvedNode[], edges: readonly ResolvedEdge[]): number[][] {
  const successors: number[][] = nodes.map(() => []);
  for (const edge of edges) if (edge.document.loop === undefined) successors[edge.from]?.push(edge.to);
  return successors;
}

function reportCycle(
  cycle: readonly number[],
  nodes: readonly ResolvedNode[],
  edges: readonly ResolvedEdge[],
  issues: IssueList,
): void {
  const members = new Set(cycle);
  const names = cycle.slice(0, 6).map((index) => `'${nodes[index]?.id ?? ''}'`);
  const first = cycle[0] ?? -1;
  const closing = edges.find((edge) => edge.document.loop === undefined && members.has(edge.from) && edge.to === first);
  issues.error({
    code: 'cycle-unmarked',
    node: nodes[first]?.id ?? '',
    edge: closing?.id,
    message: `${names.join(', ')}${cycle.length > 6 ? ` and ${cycle.length - 6} more` : ''} wait for each other in a cycle.`,
    fix:
      closing === undefined
        ? 'Mark the edge that closes the cycle as a loop.'
        : `Mark '${closing.id}' as a loop, or delete it.`,
  });
}
