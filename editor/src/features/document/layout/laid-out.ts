import { chosenPositions, columnsOf, type InnerWorkflow, type WorkflowDocument } from '@heddle/core';
import { cardWidth, guessHeight, heightDuringRun, type NodeTypes } from './card-size.js';
import { withPositions } from './layout-of.js';
import { noteSize } from '../edit/notes.js';
import { zoomToFit } from './zoom-to-fit.js';

type Position = readonly [number, number];
type ComputePositions = Awaited<ReturnType<typeof loadComputePositions>>;

/** Loads `computePositions` with its layout library, dagre. */
export const loadComputePositions = async () => (await import('./compute-positions.js')).computePositions;

/** The gap between nodes that have positions and the nodes laid out below them. */
const below = 60;
/** Below this zoom, the layout leaves no room for results, so that cards stay readable. */
const leastRoomyZoom = 0.7;
/** With more nodes, dagre takes seconds, so they are arranged in columns instead. */
const mostLayered = 400;

/**
 * Gives every node a position, also in inner workflows. Nodes without one are laid out from left to right below the others, with room for
 * results. Returns the same document if every node has a position.
 *
 * @example const { document } = await laidOut(await api.workflow(id))
 */
export async function laidOut(document: WorkflowDocument, byType?: NodeTypes): Promise<WorkflowDocument> {
  const inner = Object.entries(document.workflows ?? {});
  if ([document, ...inner.map(([, graph]) => graph)].every((graph) => unplaced(graph).length === 0)) return document;
  const computePositions = await loadComputePositions();
  const position = (graph: WorkflowDocument): WorkflowDocument =>
    withPositions(graph, positionsFor(graph, computePositions, byType));
  const placed = position(document);
  if (document.workflows === undefined) return placed;
  const workflows = inner.map(([name, graph]): [string, InnerWorkflow] => {
    const { layout } = position({
      heddle: document.heddle,
      name,
      nodes: graph.nodes,
      edges: graph.edges,
      layout: graph.layout,
    });
    return [name, layout === undefined ? graph : { ...graph, layout }];
  });
  return { ...placed, workflows: Object.fromEntries(workflows) };
}

function unplaced(graph: InnerWorkflow | WorkflowDocument): readonly string[] {
  const chosen = chosenPositions(graph);
  return Object.keys(graph.nodes).filter((id) => !chosen.has(id));
}

function positionsFor(
  document: WorkflowDocument,
  computePositions: ComputePositions,
  byType: NodeTypes | undefined,
): ReadonlyMap<string, Position> {
  const missing = new Set(unplaced(document));
  if (missing.size === 0) return new Map();
  const heights = new Map(Object.keys(document.nodes).map((id) => [id, heightDuringRun(document, id, byType)]));
  const rests = new Map(Object.keys(document.nodes).map((id) => [id, guessHeight(document, id, byType)]));
  const alone = {
    ...document,
    nodes: Object.fromEntries(Object.entries(document.nodes).filter(([id]) => missing.has(id))),
    layout: { nodes: {}, notes: document.layout?.notes ?? [], groups: document.layout?.groups ?? [] },
  };
  const positions =
    missing.size > mostLayered
      ? columnsOf(alone, Math.max(...heights.values()) + below)
      : roomyPositions(alone, computePositions, heights, rests);
  const [left, top] = startOf(document, heights);
  return new Map([...positions].map(([id, [x, y]]) => [id, [x + left, y + top]]));
}

/**
 * Positions with room for results. If the workflow would then open too small to read, there is no such room: cards push others away as they
 * grow.
 */
function roomyPositions(
  document: WorkflowDocument,
  computePositions: ComputePositions,
  heights: ReadonlyMap<string, number>,
  rests: ReadonlyMap<string, number>,
): ReadonlyMap<string, Position> {
  const roomy = computePositions(document, [], heights, rests);
  const boxes = [...roomy].map(([id, [x, y]]) => ({ x, y, width: cardWidth, height: rests.get(id) ?? 0 }));
  return zoomToFit(boxes) >= leastRoomyZoom ? roomy : computePositions(document, [], rests);
}

/** The position below all nodes and notes that have one. */
function startOf(document: WorkflowDocument, heights: ReadonlyMap<string, number>): Position {
  const chosen = [...chosenPositions(document)].map(([id, [x, y]]) => ({ x, bottom: y + (heights.get(id) ?? 0) }));
  const notes = (document.layout?.notes ?? []).map(({ at: [x, y], size = noteSize }) => ({ x, bottom: y + size[1] }));
  const boxes = [...chosen, ...notes];
  if (boxes.length === 0) return [0, 0];
  return [Math.min(...boxes.map(({ x }) => x)), Math.max(...boxes.map(({ bottom }) => bottom)) + below];
}
