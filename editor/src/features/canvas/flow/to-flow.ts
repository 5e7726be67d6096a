import { edgeId, splitEnd, type DocumentEdge, type WorkflowDocument } from '@heddle/core';
import {
  positionsIn,
  groupOf,
  layoutOf,
  noteSize,
  cardWidth,
  guessHeight,
  type NodeTypes,
} from '../../document/index.js';
import { guessHandles } from './guess-handles.js';

import { manyNodes, groupFlowId, noteFlowId } from '../../view/index.js';
import type { FlowEdge, FlowNode } from './flow-types.js';
import { groupNodesOf } from '../groups/group-frames.js';

const noData: Record<string, never> = {};

/** The elements of the canvas. An unchanged element is the same object as before, so that it is not rendered again. */
export function flowNodes(document: WorkflowDocument, before: readonly FlowNode[], byType?: NodeTypes): FlowNode[] {
  const known = new Map(before.map((node) => [node.id, node]));
  const positionOf = positionsIn(document);
  const isLarge = Object.keys(document.nodes).length > manyNodes;
  const cards = Object.keys(document.nodes).flatMap((id): FlowNode[] => {
    if (groupOf(document, id)?.collapsed === true) return [];
    const [x, y] = positionOf(id);
    const same = known.get(id);
    if (same?.position.x === x && same.position.y === y) return [same];
    if (same?.type === 'card') return [{ ...same, position: { x, y } }];
    if (!isLarge) return [{ id, type: 'card', position: { x, y }, data: noData }];
    // In a large workflow, nodes out of view are never drawn, so their size and ports are estimated.
    return [
      {
        id,
        type: 'card',
        position: { x, y },
        data: noData,
        measured: { width: cardWidth, height: guessHeight(document, id, byType) },
        handles: guessHandles(document, id),
      },
    ];
  });
  const notes = layoutOf(document).notes.map((note): FlowNode => {
    const id = noteFlowId(note.id);
    const [width, height] = note.size ?? noteSize;
    const same = known.get(id);
    const isSame =
      same?.position.x === note.at[0] &&
      same.position.y === note.at[1] &&
      same.width === width &&
      same.height === height;
    if (same !== undefined && isSame) return same;
    const selected = same?.selected === true;
    return {
      id,
      type: 'note',
      position: { x: note.at[0], y: note.at[1] },
      width,
      height,
      zIndex: -5,
      data: noData,
      selected,
    };
  });
  return [...groupNodesOf(document, cards, known), ...notes, ...cards];
}

const drawn = new WeakMap<DocumentEdge, FlowEdge>();

/**
 * The edges of the canvas. Edges with unreadable ends are left out, as the issues report them; edges inside a collapsed group are hidden.
 */
export function flowEdges(document: WorkflowDocument, selected: ReadonlySet<string> = new Set()): FlowEdge[] {
  return document.edges.flatMap((edge) => {
    const from = splitEnd(edge.from);
    const to = splitEnd(edge.to);
    if (
      from === undefined ||
      to === undefined ||
      document.nodes[from.node] === undefined ||
      document.nodes[to.node] === undefined
    )
      return [];
    const source = foldedInto(document, from.node);
    const target = foldedInto(document, to.node);
    if (source !== undefined && source === target) return [];
    const id = edgeId(edge);
    const wanted = {
      source: source ?? from.node,
      sourceHandle: source === undefined ? from.port : edge.from,
      target: target ?? to.node,
      targetHandle: target === undefined ? to.port : edge.to,
      selected: selected.has(id),
    };
    const same = drawn.get(edge);
    if (
      same !== undefined &&
      same.source === wanted.source &&
      same.target === wanted.target &&
      (same.selected === true) === wanted.selected
    )
      return [same];
    const next: FlowEdge = {
      id,
      type: 'edge',
      ...wanted,
      data: { from, to, loop: edge.loop },
      ariaLabel: `From ${edge.from} to ${edge.to}`,
    };
    drawn.set(edge, next);
    return [next];
  });
}

function foldedInto(document: WorkflowDocument, nodeId: string): string | undefined {
  const group = groupOf(document, nodeId);
  return group?.collapsed === true ? groupFlowId(group.id) : undefined;
}
