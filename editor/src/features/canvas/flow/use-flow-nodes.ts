import type { WorkflowDocument } from '@heddle/core';
import { applyNodeChanges, type NodeChange, type NodePositionChange, type OnNodesChange } from '@xyflow/react';
import { useCallback, useContext, useMemo, useState } from 'react';
import { edit, arrange, arrangeNotes, changeNote, type Box } from '../../document/index.js';
import { RunContext } from '../../run/index.js';
import { useCatalog, useDocument, useSession, useView, type Session } from '../../session/index.js';
import { groupFlowId, noteFlowId, partOf } from '../../view/index.js';
import type { FlowNode } from './flow-types.js';
import { withFrames } from '../groups/group-frames.js';
import { withMembers } from '../groups/with-members.js';
import { pushApart } from './push-apart.js';
import { snap, type SnapLine } from './snap-lines.js';
import { flowNodes } from './to-flow.js';

/** Positions of elements during a drag, by canvas id. The document takes them when the drag ends. */
type Gesture = Map<string, readonly [number, number]>;

interface FlowNodes {
  readonly nodes: FlowNode[];
  readonly lines: readonly SnapLine[];
  readonly onNodesChange: OnNodesChange<FlowNode>;
  /** Applies a drag or resize to the document as one undo step. */
  readonly onGestureEnd: (also?: (document: WorkflowDocument) => WorkflowDocument) => void;
}

const noLines: readonly SnapLine[] = [];
/** How close an edge of a card must be to snap, in screen pixels. */
const snapReach = 6;

/** The elements of the canvas at the document's positions, changed by the running drag, and moved apart while results make cards taller. */
export function useFlowNodes(zoomNow: () => number): FlowNodes {
  const session = useSession();
  const { documents, view } = session;
  const byType = useCatalog((state) => state.byType);
  const document = useDocument((state) => state.document);
  const selectionAsked = useView((state) => state.selectionAsked);
  const [nodes, setNodes] = useState<FlowNode[]>([]);
  const [lines, setLines] = useState(noLines);
  const [gesture] = useState<Gesture>(() => new Map());
  const [shown, setShown] = useState<{ readonly document: typeof document; readonly asked: number }>();
  // Applies changes of the document and selections by commands before anything is drawn.
  if (shown?.document !== document || shown?.asked !== selectionAsked) {
    setShown({ document, asked: selectionAsked });
    const selected = shown?.asked === selectionAsked ? undefined : selectedIds(session);
    setNodes((before) => (document === undefined ? [] : withSelection(flowNodes(document, before, byType), selected)));
  }

  const drawn = useApart(document, nodes);

  const onNodesChange: OnNodesChange<FlowNode> = useCallback(
    (changes) => {
      const { document: current } = documents.getState();
      const moves = changes.filter(
        (change): change is NodePositionChange =>
          change.type === 'position' && change.position !== undefined && change.dragging !== undefined,
      );
      const snapped = moves.length === 0 || moves.length > 20 ? undefined : snapOf(moves, drawn, zoomNow());
      if (snapped !== undefined) {
        for (const move of moves)
          if (move.position !== undefined)
            move.position = { x: move.position.x + snapped.dx, y: move.position.y + snapped.dy };
        setLines(snapped.lines);
      }
      const whole = current === undefined ? changes : withMembers(current, changes, drawn);
      for (const change of whole)
        if (change.type === 'position' && change.position !== undefined && change.dragging !== undefined)
          gesture.set(change.id, [change.position.x, change.position.y]);
      setNodes((before) => applied(documents.getState().document, changes, before));
    },
    [documents, drawn, gesture, zoomNow],
  );

  const onGestureEnd = useCallback(
    (also?: (document: WorkflowDocument) => WorkflowDocument) => {
      setLines(noLines);
      const positions = [...gesture];
      gesture.clear();
      const of = (kind: 'node' | 'note') =>
        new Map(positions.filter(([id]) => partOf(id).kind === kind).map(([id, at]) => [partOf(id).id, at]));
      edit(documents, (current) => {
        const moved = arrangeNotes(arrange(current, of('node')), of('note'));
        return also === undefined ? moved : also(moved);
      });
      view.setState({ dropEdge: undefined });
    },
    [documents, view, gesture],
  );
  return { nodes: drawn, lines, onNodesChange, onGestureEnd };
}

/** The elements, moved apart while a run is shown or cards show unused ports. */
function useApart(document: WorkflowDocument | undefined, nodes: FlowNode[]): FlowNode[] {
  const hasRun = useContext(RunContext) !== undefined;
  const canGrow = useView(({ unfolded }) => unfolded.length > 0) || hasRun;
  const byType = useCatalog((state) => state.byType);
  return useMemo(
    () => (canGrow && document !== undefined ? pushApart(document, nodes, byType) : nodes),
    [canGrow, document, nodes, byType],
  );
}

/** The elements after changes; where an element moves, the frames around it follow. */
function applied(
  document: WorkflowDocument | undefined,
  changes: NodeChange<FlowNode>[],
  before: FlowNode[],
): FlowNode[] {
  if (document === undefined) return applyNodeChanges(changes, before);
  const next = applyNodeChanges(withMembers(document, changes, before), before).map(measuredOnly(changes));
  return changes.some(({ type }) => type === 'position' || type === 'dimensions') ? withFrames(document, next) : next;
}

/** Stores the new size of a note in the document, and its position if its upper or left border was dragged. */
export function resizeNote({ documents }: Pick<Session, 'documents'>, id: string, { x, y, width, height }: Box): void {
  edit(documents, (document) =>
    changeNote(document, id, (note) => ({
      ...note,
      at: [Math.round(x), Math.round(y)],
      size: [Math.round(width), Math.round(height)],
    })),
  );
}

function selectedIds({ view }: Session): ReadonlySet<string> {
  const { selectedNodes, selectedNotes, selectedGroups } = view.getState();
  return new Set([...selectedNodes, ...selectedNotes.map(noteFlowId), ...selectedGroups.map(groupFlowId)]);
}

function withSelection(nodes: FlowNode[], selected: ReadonlySet<string> | undefined): FlowNode[] {
  if (selected === undefined) return nodes;
  return nodes.map((node) => {
    const isSelected = node.type !== 'frame' && selected.has(node.id);
    return (node.selected === true) === isSelected ? node : { ...node, selected: isSelected };
  });
}

/** After a card is measured, its estimated port positions must not override the real ones. */
function measuredOnly(changes: readonly NodeChange<FlowNode>[]): (node: FlowNode) => FlowNode {
  const measured = new Set(changes.flatMap((change) => (change.type === 'dimensions' ? [change.id] : [])));
  return (node) => {
    if (!measured.has(node.id) || node.handles === undefined) return node;
    const { handles: _guess, ...rest } = node;
    return rest;
  };
}

function snapOf(
  moves: readonly NodePositionChange[],
  nodes: readonly FlowNode[],
  zoom: number,
): ReturnType<typeof snap> | undefined {
  const moved = new Map(moves.map(({ id, position }) => [id, position]));
  if (moves.some(({ id }) => partOf(id).kind === 'group')) return undefined;
  const boxes = nodes.flatMap((node) => {
    const position = moved.get(node.id);
    return position === undefined ? [] : [boxOf({ ...node, position })];
  });
  if (boxes.length === 0) return undefined;
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const whole = {
    x,
    y,
    width: Math.max(...boxes.map((box) => box.x + box.width)) - x,
    height: Math.max(...boxes.map((box) => box.y + box.height)) - y,
  };
  return snap(whole, nodes.filter((node) => !moved.has(node.id) && node.type !== 'frame').map(boxOf), snapReach / zoom);
}

function boxOf(node: FlowNode): Box {
  return {
    ...node.position,
    width: node.measured?.width ?? node.width ?? 248,
    height: node.measured?.height ?? node.height ?? 120,
  };
}
