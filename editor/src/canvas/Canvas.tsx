import { applyNodeChanges, Background, BackgroundVariant, ReactFlow, SelectionMode, type OnEdgesChange, type OnNodesChange, type OnSelectionChangeParams } from '@xyflow/react';
import { useCallback, useMemo, useState, type ReactElement } from 'react';
import { edit } from '../document/document-store.js';
import { arrange } from '../document/edit/arrange.js';
import { useTheme } from '../look/theme.js';
import { useDocument, useSession, useView } from '../session.js';
import { setOverlay } from '../view/view-store.js';
import { CanvasHandleKeeper } from './CanvasHandleKeeper.js';
import { NodeCard } from './NodeCard.js';
import { ThreadEdge } from './ThreadEdge.js';
import { fitOptions, largeFitOptions, manyNodes } from './fit-options.js';
import { flowEdges, flowNodes, type FlowEdge, type FlowNode } from './to-flow.js';
import { useConnecting } from './use-connecting.js';

const nodeTypes = { card: NodeCard };
const edgeTypes = { thread: ThreadEdge };
const proOptions = { hideAttribution: true };
const snapGrid: [number, number] = [4, 4];

/** The workflow as a graph: looked at, and drawn where it is a draft. */
export function Canvas(): ReactElement {
  const { documents, view } = useSession();
  const document = useDocument((state) => state.document);
  const isDraft = useDocument((state) => state.origin.kind === 'draft');
  const selectionAsked = useView((state) => state.selectionAsked);
  const selectedEdges = useView((state) => state.selectedEdges);
  const theme = useTheme();
  const [nodes, setNodes] = useState<FlowNode[]>([]);
  const [shown, setShown] = useState<{ readonly document: typeof document; readonly asked: number }>();
  // What the document and commands ask for is taken over before anything is drawn.
  if (shown?.document !== document || shown?.asked !== selectionAsked) {
    setShown({ document, asked: selectionAsked });
    const selected = shown?.asked === selectionAsked ? undefined : new Set(view.getState().selectedNodes);
    setNodes((before) => (document === undefined ? [] : withSelection(flowNodes(document, before), selected)));
  }
  const edges = useMemo(() => (document === undefined ? [] : flowEdges(document, new Set(selectedEdges))), [document, selectedEdges]);
  const onNodesChange: OnNodesChange<FlowNode> = useCallback((changes) => setNodes((before) => applyNodeChanges(changes, before)), []);

  const onEdgesChange: OnEdgesChange<FlowEdge> = useCallback(
    (changes) => {
      const chosen = new Set(view.getState().selectedEdges);
      for (const change of changes) {
        if (change.type !== 'select') continue;
        if (change.selected) chosen.add(change.id);
        else chosen.delete(change.id);
      }
      if (!isSameList(view.getState().selectedEdges, [...chosen])) view.setState({ selectedEdges: [...chosen] });
    },
    [view],
  );
  const onSelectionChange = useCallback(
    ({ nodes: chosen }: OnSelectionChangeParams<FlowNode, FlowEdge>) => {
      const selectedNodes = chosen.map(({ id }) => id);
      const before = view.getState();
      if (isSameList(before.selectedNodes, selectedNodes)) return;
      view.setState({ selectedNodes, panel: selectedNodes.length === 1 ? 'node' : selectedNodes.length === 0 ? 'run' : before.panel });
    },
    [view],
  );
  const onDragStop = useCallback(
    (_event: unknown, _node: unknown, dragged: readonly FlowNode[]) => {
      edit(documents, (current) => arrange(current, new Map(dragged.map(({ id, position }) => [id, [position.x, position.y] as const]))));
    },
    [documents],
  );
  const connecting = useConnecting(isDraft);

  return (
    <ReactFlow<FlowNode, FlowEdge>
      className="canvas"
      aria-label="Workflow"
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      edgeTypes={edgeTypes}
      onNodesChange={onNodesChange}
      onEdgesChange={onEdgesChange}
      onSelectionChange={onSelectionChange}
      onNodeClick={(event) => {
        if (!event.shiftKey && !event.metaKey && !event.ctrlKey) view.setState({ panel: 'node' });
      }}
      onNodeDragStop={onDragStop}
      onSelectionDragStop={(event, dragged) => onDragStop(event, undefined, dragged)}
      {...connecting}
      nodesDraggable={isDraft}
      nodesConnectable={isDraft}
      edgesReconnectable={false}
      deleteKeyCode={null}
      selectionKeyCode="Shift"
      multiSelectionKeyCode={['Shift', 'Meta', 'Control']}
      selectionMode={SelectionMode.Partial}
      disableKeyboardA11y
      nodesFocusable={false}
      edgesFocusable={false}
      zoomOnDoubleClick={false}
      snapToGrid
      snapGrid={snapGrid}
      colorMode={theme}
      minZoom={0.1}
      maxZoom={2}
      fitView
      fitViewOptions={nodes.length > manyNodes ? largeFitOptions : fitOptions}
      proOptions={proOptions}
      panOnScroll={false}
      panActivationKeyCode="Space"
      onlyRenderVisibleElements={nodes.length > manyNodes}
      onPaneClick={(event) => {
        if (event.detail === 2 && isDraft) openPalette();
      }}
      onPaneContextMenu={(event) => {
        event.preventDefault();
        if (isDraft) openPalette();
      }}
    >
      <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} />
      <CanvasHandleKeeper />
    </ReactFlow>
  );

  function openPalette(): void {
    setOverlay(view, { kind: 'palette', at: view.getState().canvas?.pointer() ?? [0, 0] });
  }
}

function withSelection(nodes: FlowNode[], selected: ReadonlySet<string> | undefined): FlowNode[] {
  if (selected === undefined) return nodes;
  return nodes.map((node) => ((node.selected === true) === selected.has(node.id) ? node : { ...node, selected: selected.has(node.id) }));
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((entry, index) => entry === b[index]);
}
