import type { NodeDescription, PortDescription, WorkflowDocument } from '@heddle/core';
import {
  addNode,
  cardWidth,
  type CatalogState,
  connect,
  edit,
  freePosition,
  guessHeight,
  isBranching,
  type NodePorts,
  obviousPair,
  portsOfNode,
  positionsIn,
  usedPorts,
} from '../document/index.js';
import { placing, showPlaced, whenPortsKnown, type Stores } from './add-step.js';

const aside = 64;

/** A new node and the neighbour beside which it is placed. */
interface Beside {
  readonly id: string;
  readonly description: NodeDescription;
  readonly neighbour: string;
  readonly type: NodeDescription | undefined;
  /** Whether the new node comes before its neighbour: if it is a source, or if the neighbour is a sink. */
  readonly isBefore: boolean;
}

/**
 * Adds a node beside another one, where it covers nothing, and connects the obvious ports. This is one undo step, even if the compiler must
 * compute the ports first.
 */
export function insertBeside(
  { documents, view }: Stores,
  byType: CatalogState['byType'],
  description: NodeDescription,
  neighbour: string,
): void {
  const state = documents.getState();
  if (state.document === undefined) return;
  const { canvas } = view.getState();
  const type = byType.get(state.document.nodes[neighbour]?.type ?? '');
  const { id } = addNode(state.document, description, [0, 0]);
  const beside: Beside = { id, description, neighbour, type, isBefore: comesFirst(description, type) };
  const at = positionOf(state.document, beside, byType, (other) => canvas?.boxOf(other));
  edit(
    documents,
    (document) =>
      join(addNode(document, description, at).document, beside, description, portsOfNode(state, byType, neighbour)),
    { gesture: placing(id) },
  );
  const after = documents.getState().document;
  if (after === undefined || after === state.document) return;
  showPlaced(view, id);
  const isJoined = state.document.edges.length !== after.edges.length;
  if (isJoined || (!description.hasDynamicPorts && type?.hasDynamicPorts !== true)) return;
  whenPortsKnown(documents, id, (document, own) => {
    const { inputs, outputs } = usedPorts(document, id);
    // The user has connected the node in the meantime.
    if (inputs.size + outputs.size > 0) return document;
    return join(document, beside, own, documents.getState().compiled?.ports[neighbour]);
  });
}

function comesFirst(description: NodeDescription, type: NodeDescription | undefined): boolean {
  if (description.role === 'sink' || type?.role === 'source') return false;
  return description.role === 'source' || type?.role === 'sink';
}

function positionOf(
  document: WorkflowDocument,
  { id, description, neighbour, isBefore }: Beside,
  byType: CatalogState['byType'],
  boxOf: NonNullable<Parameters<typeof freePosition>[2]>,
): readonly [number, number] {
  const [left, top] = positionsIn(document)(neighbour);
  const { x, y, width } = boxOf(neighbour) ?? { x: left, y: top, width: cardWidth };
  const { type, version } = description;
  const alone = { nodes: { [id]: { type, version, config: description.defaults } }, edges: [] };
  const size = { width: cardWidth, height: guessHeight(alone, id, byType) };
  return freePosition(document, [isBefore ? x - cardWidth - aside : x + width + aside, y], boxOf, size);
}

/** Connects both nodes if their ports match. */
function join(
  document: WorkflowDocument,
  { id, neighbour, type, isBefore }: Beside,
  own: NodePorts,
  other: NodePorts | undefined,
): WorkflowDocument {
  if (other === undefined) return document;
  const used = usedPorts(document, neighbour);
  const isFree = ({ name, mode }: PortDescription): boolean => mode === 'many' || !used.inputs.has(name);
  const isOpen = ({ name }: PortDescription): boolean =>
    type === undefined || !isBranching(type) || !used.outputs.has(name);
  const pair = isBefore
    ? obviousPair(own.outputs, other.inputs.filter(isFree))
    : obviousPair(other.outputs.filter(isOpen), own.inputs);
  if (pair === undefined) return document;
  const [from, to] = isBefore ? [id, neighbour] : [neighbour, id];
  return connect(document, { from: `${from}.${pair.output.name}`, to: `${to}.${pair.input.name}`, ...pair });
}
