import { chosenPositions, columnsOf, type InnerWorkflow, type WorkflowDocument } from '@heddle/core';
import { cardWidth, guessHeight, roomHeight, type NodeTypes } from './card-size.js';
import { withPositions } from './layout-of.js';
import { noteSize } from '../edit/notes.js';
import { zoomToFit } from './zoom-to-fit.js';

type Position = readonly [number, number];
type ComputePositions = Awaited<ReturnType<typeof loadComputePositions>>;

/** The layout from left to right, with the library that it needs. */
export const loadComputePositions = async () => (await import('./compute-positions.js')).computePositions;

/** The gap between placed nodes and the nodes laid out below them. */
const below = 60;
/** Below this zoom, readable cards matter more than room for results. */
const leastRoomyZoom = 0.7;
/** Beyond this, dagre's layers take seconds. */
const mostLayered = 400;

/**
 * A document in which every node has a position, also in inner workflows: nodes without one are laid out from left to right, with space for
 * the content of a run, below the placed ones. The same document where there is nothing to do.
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
  const heights = new Map(Object.keys(document.nodes).map((id) => [id, roomHeight(document, id, byType)]));
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

/** Positions with room for results; without it where the workflow would open too small to read, as cards push others away as they grow. */
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

/** A position below everything that was placed. */
function startOf(document: WorkflowDocument, heights: ReadonlyMap<string, number>): Position {
  const chosen = [...chosenPositions(document)].map(([id, [x, y]]) => ({ x, bottom: y + (heights.get(id) ?? 0) }));
  const notes = (document.layout?.notes ?? []).map(({ at: [x, y], size = noteSize }) => ({ x, bottom: y + size[1] }));
  const boxes = [...chosen, ...notes];
  if (boxes.length === 0) return [0, 0];
  return [Math.min(...boxes.map(({ x }) => x)), Math.max(...boxes.map(({ bottom }) => bottom)) + below];
}
