import { splitEnd, type WorkflowDocument } from '@heddle/core';
import { layoutOf, type Group, cardWidth, guessHeight } from '../../document/index.js';
import { groupFlowId } from '../../view/index.js';
import type { FlowNode, GroupNode } from '../flow/flow-types.js';

const padding = 24;
const headHeight = 34;
/** The distance from a frame's corner to its content. */
export const frameOffset = { x: padding, y: padding + headHeight };
const noData: Record<string, never> = {};
// A frame passes pointer events on to the canvas behind it; only its header takes them.
const frameStyle = { pointerEvents: 'none' } as const;

/** The frames and collapsed cards of a document's groups, for the cards on the canvas. */
export function groupNodesOf(
  document: WorkflowDocument,
  cards: readonly FlowNode[],
  known: ReadonlyMap<string, FlowNode>,
): FlowNode[] {
  const { groups } = layoutOf(document);
  if (groups.length === 0) return [];
  const byId = new Map(cards.map((card) => [card.id, card]));
  return groups.flatMap((group): FlowNode[] => {
    const next = group.collapsed === true ? foldedCard(document, group) : frameAround(document, group, byId);
    if (next === undefined) return [];
    const same = known.get(next.id);
    return [
      same !== undefined && isSame(same, next)
        ? same
        : { ...next, ...(same?.type === next.type && same.selected === true ? { selected: true } : {}) },
    ];
  });
}

/** The same cards, with the frames of their groups fitted to them after some have moved. */
export function withFrames(document: WorkflowDocument, nodes: readonly FlowNode[]): FlowNode[] {
  if (layoutOf(document).groups.length === 0) return [...nodes];
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return nodes.map((node) => {
    if (node.type !== 'frame') return node;
    const group = layoutOf(document).groups.find(({ id }) => groupFlowId(id) === node.id);
    const next = group === undefined ? undefined : frameAround(document, group, byId);
    return next === undefined || isSame(node, next)
      ? node
      : {
          ...node,
          position: next.position,
          width: next.width,
          height: next.height,
        };
  });
}

function isSame(a: FlowNode, b: FlowNode): boolean {
  return (
    a.type === b.type &&
    a.position.x === b.position.x &&
    a.position.y === b.position.y &&
    a.width === b.width &&
    a.height === b.height
  );
}

function frameAround(
  document: WorkflowDocument,
  group: Group,
  byId: ReadonlyMap<string, FlowNode>,
): GroupNode | undefined {
  const boxes = group.nodes.flatMap((id) => {
    const card = byId.get(id);
    return card === undefined
      ? []
      : [
          {
            ...card.position,
            width: card.measured?.width ?? cardWidth,
            height: card.measured?.height ?? guessHeight(document, id),
          },
        ];
  });
  if (boxes.length === 0) return undefined;
  const left = Math.min(...boxes.map(({ x }) => x)) - padding;
  const top = Math.min(...boxes.map(({ y }) => y)) - padding - headHeight;
  const right = Math.max(...boxes.map(({ x, width }) => x + width)) + padding;
  const bottom = Math.max(...boxes.map(({ y, height }) => y + height)) + padding;
  return {
    id: groupFlowId(group.id),
    type: 'frame',
    position: { x: left, y: top },
    width: right - left,
    height: bottom - top,
    zIndex: -10,
    selectable: false,
    dragHandle: '[data-frame-head]',
    style: frameStyle,
    data: noData,
  };
}

function foldedCard(document: WorkflowDocument, group: Group): GroupNode | undefined {
  const at = cornerOf(document, group);
  return at === undefined
    ? undefined
    : { id: groupFlowId(group.id), type: 'folded', position: { x: at[0], y: at[1] }, data: noData };
}

/** The upper left corner of a group's nodes; undefined for an empty one. */
export function cornerOf(document: WorkflowDocument, group: Group): readonly [number, number] | undefined {
  const { nodes } = layoutOf(document);
  const positions = group.nodes.filter((id) => Object.hasOwn(document.nodes, id)).map((id) => nodes[id] ?? [0, 0]);
  return positions.length === 0
    ? undefined
    : [Math.min(...positions.map(([x]) => x ?? 0)), Math.min(...positions.map(([, y]) => y ?? 0))];
}

/** The ports of a collapsed group: the inner ends of edges that cross its border. */
export function portsOfFolded(
  document: WorkflowDocument,
  group: Group,
): { readonly inputs: readonly string[]; readonly outputs: readonly string[] } {
  const members = new Set(group.nodes);
  const isInside = (end: string): boolean => members.has(splitEnd(end)?.node ?? '');
  const crossing = document.edges.filter((edge) => isInside(edge.from) !== isInside(edge.to));
  const inputs = new Set(crossing.filter((edge) => isInside(edge.to)).map(({ to }) => to));
  const outputs = new Set(crossing.filter((edge) => isInside(edge.from)).map(({ from }) => from));
  return { inputs: [...inputs], outputs: [...outputs] };
}
