import {
  Background,
  BackgroundVariant,
  Panel,
  ReactFlow,
  SelectionMode,
  useReactFlow,
  useStore,
  type OnEdgesChange,
  type OnSelectionChangeParams,
} from '@xyflow/react';
import clsx from 'clsx';
import { Suspense, useCallback, useMemo, useState, type ReactElement } from 'react';
import { openInside } from '../commands/index.js';
import { innerNamesOf, isEditable } from '../document/index.js';
import { lazyPart } from '../../ui/navigation/lazy-page.js';
import { useTheme } from '../../ui/theme/use-theme.js';
import { useDocument, useSession, useView } from '../session/index.js';
import {
  farSize,
  noteNodeClick,
  panelOf,
  select,
  setOverlay,
  partOf,
  fitOptions,
  manyNodes,
  overviewZoom,
} from '../view/index.js';
import { CanvasHandleKeeper } from './CanvasHandleKeeper.js';
import type { FlowEdge, FlowNode } from './flow/flow-types.js';
import { FoldedGroup } from './groups/FoldedGroup.js';
import { GroupFrame } from './groups/GroupFrame.js';
import { Minimap } from './controls/Minimap.js';
import { ZoomControl } from './controls/ZoomControl.js';
import { farStyle } from './card/CardStatus.js';
import { NodeCard } from './card/NodeCard.js';
import { NoteCard } from './groups/NoteCard.js';
import { SnapLines } from './SnapLines.js';
import { SpokenSelection } from './SpokenSelection.js';
import { WorkflowEdge } from './edges/WorkflowEdge.js';
import { flowEdges } from './flow/to-flow.js';
import { useConnecting } from './flow/use-connecting.js';
import { useFileDrop } from './use-file-drop.js';
import { useFlowNodes } from './flow/use-flow-nodes.js';
import { useNodeDrag } from './flow/use-node-drag.js';
import { usePanePairs } from './use-pane-pairs.js';
import styles from './canvas.module.css';
import cardStyles from './card/card.module.css';
import edgeStyles from './edges/edge.module.css';

const EmptyCanvas = lazyPart(() => import('./EmptyCanvas.js').then(({ EmptyCanvas: steps }) => steps));
const RunSummary = lazyPart(() => import('./RunSummary.js').then(({ RunSummary: summary }) => summary));
const OverviewEdges = lazyPart(() => import('./edges/OverviewEdges.js').then(({ OverviewEdges: lines }) => lines));
const Legend = lazyPart(() => import('./controls/Legend.js').then(({ Legend: dialog }) => dialog));
const nodeTypes = { card: NodeCard, note: NoteCard, frame: GroupFrame, folded: FoldedGroup };
const edgeTypes = { edge: WorkflowEdge };
const proOptions = { hideAttribution: true };
const snapGrid: [number, number] = [4, 4];
const noEdges: FlowEdge[] = [];

/** The workflow as a graph; a draft can be edited. */
export function Canvas(): ReactElement {
  const { documents, view } = useSession();
  const flow = useReactFlow<FlowNode, FlowEdge>();
  const document = useDocument((state) => state.document);
  const canEdit = useDocument(isEditable);
  const selectedEdges = useView((state) => state.selectedEdges);
  const hasSelection = useView((state) => state.selectedNodes.length + state.selectedEdges.length > 0);
  const isLegendOpen = useView(({ overlay }) => overlay?.kind === 'legend');
  const theme = useTheme();
  const { nodes, lines, onNodesChange, onGestureEnd } = useFlowNodes(flow.getZoom);
  const edges = useMemo(
    () => (document === undefined ? noEdges : flowEdges(document, new Set(selectedEdges))),
    [document, selectedEdges],
  );
  const isLarge = nodes.length > manyNodes;
  const isOverview = useStore((state) => state.transform[2] < overviewZoom) && isLarge;
  // All boxes share one size, so that zooming does not render them again.
  const far = useStore((state) => (state.transform[2] < overviewZoom ? farSize(state.transform[2]) : undefined));
  // Computed once: on a canvas that starts empty, the first node stays where the user puts it.
  const [isFilled] = useState(() => document !== undefined && Object.keys(document.nodes).length > 0);
  const [isMoving, setMoving] = useState(false);

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
    ({ nodes: chosen, edges: lit }: OnSelectionChangeParams<FlowNode, FlowEdge>) => applySelection(view, chosen, lit),
    [view],
  );
  const drag = useNodeDrag(edges, onGestureEnd);
  const connecting = useConnecting(canEdit);
  const files = useFileDrop();
  const isPair = usePanePairs();
  const hasInside = (id: string): boolean => innerNamesOf(documents.getState().document?.nodes[id]?.config).length > 0;
  const openPalette = (): void =>
    setOverlay(view, { kind: 'palette', at: view.getState().canvas?.pointer() ?? [0, 0], isPlaced: true });

  return (
    <ReactFlow<FlowNode, FlowEdge>
      className={clsx(
        styles['canvas'],
        hasSelection && edgeStyles['canvas-lit'],
        isMoving && isOverview && styles['canvas-moving'],
        (far ?? 0) > 60 && cardStyles['canvas-farther'],
      )}
      style={isOverview ? farStyle(far) : undefined}
      aria-label="Workflow"
      nodes={nodes}
      edges={isOverview ? noEdges : edges}
      nodeTypes={nodeTypes}
      edgeTypes={edgeTypes}
      onNodesChange={onNodesChange}
      onEdgesChange={onEdgesChange}
      onSelectionChange={onSelectionChange}
      onNodeClick={(event, node) => {
        if (node.type !== 'card' || event.shiftKey || event.metaKey || event.ctrlKey) return;
        view.setState({ panel: 'node' });
        noteNodeClick();
      }}
      onEdgeClick={(event) => {
        if (!event.shiftKey && !event.metaKey && !event.ctrlKey) view.setState({ panel: 'edge' });
      }}
      onNodeDoubleClick={(event, { id, type }) => {
        const isOnText =
          event.target instanceof Element && event.target.closest('[data-node-title], .nodrag, input') !== null;
        if (type === 'card' && !isOnText && canEdit && hasInside(id)) openInside({ documents, view }, id);
      }}
      onMoveStart={() => setMoving(true)}
      onMoveEnd={() => setMoving(false)}
      {...drag}
      {...files}
      {...connecting}
      nodesDraggable={canEdit}
      nodesConnectable={canEdit}
      // Each end of an edge would add two shapes, which is too much for a large workflow.
      edgesReconnectable={canEdit && !isLarge}
      deleteKeyCode={null}
      selectionKeyCode="Shift"
      multiSelectionKeyCode={['Shift', 'Meta', 'Control']}
      selectionMode={SelectionMode.Partial}
      elevateNodesOnSelect={!isLarge}
      disableKeyboardA11y
      nodesFocusable={false}
      edgesFocusable={false}
      zoomOnDoubleClick={false}
      snapToGrid
      snapGrid={snapGrid}
      colorMode={theme}
      minZoom={0.05}
      maxZoom={2}
      // A large workflow opens at its start.
      fitView={isFilled && !isLarge}
      fitViewOptions={fitOptions}
      proOptions={proOptions}
      panOnScroll={false}
      panActivationKeyCode="Space"
      onlyRenderVisibleElements={isLarge}
      onPaneClick={(event) => {
        if (view.getState().selectedGroups.length > 0) select(view, {});
        if (isPair(event) && canEdit) openPalette();
      }}
      onNodeContextMenu={(event, { id }) => {
        event.preventDefault();
        const part = partOf(id);
        if (part.kind !== 'node') {
          select(view, part.kind === 'note' ? { notes: [part.id] } : { groups: [part.id] });
          return;
        }
        if (!view.getState().selectedNodes.includes(id)) select(view, { nodes: [id] });
        setOverlay(view, { kind: 'node-menu', at: [event.clientX, event.clientY] });
      }}
      onPaneContextMenu={(event) => {
        event.preventDefault();
        if (canEdit) openPalette();
      }}
    >
      <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} />
      <Suspense fallback={null}>{isOverview ? <OverviewEdges nodes={nodes} edges={edges} /> : null}</Suspense>
      <SnapLines lines={lines} />
      <Minimap />
      {/* Placed in the strip that stays free when a workflow is fitted into view. */}
      <Panel position="bottom-left" className={styles['canvas-foot']}>
        {nodes.length === 0 ? null : <ZoomControl />}
        <Suspense fallback={null}>
          <RunSummary />
        </Suspense>
      </Panel>
      <Suspense fallback={null}>
        {nodes.length === 0 && document !== undefined ? (
          <EmptyCanvas onAdd={canEdit ? openPalette : undefined} />
        ) : null}
      </Suspense>
      <SpokenSelection />
      <CanvasHandleKeeper />
      {isLegendOpen ? (
        <Suspense fallback={null}>
          <Legend />
        </Suspense>
      ) : null}
    </ReactFlow>
  );
}

/**
 * Applies a selection made with the pointer. A group can only be selected by its header, and it stays selected until something else is
 * selected.
 */
function applySelection(
  view: ReturnType<typeof useSession>['view'],
  chosen: readonly FlowNode[],
  edges: readonly FlowEdge[],
): void {
  const of = (kind: 'node' | 'note' | 'group'): string[] =>
    chosen.map(({ id }) => partOf(id)).flatMap((part) => (part.kind === kind ? [part.id] : []));
  const selectedNodes = of('node');
  const selectedNotes = of('note');
  const folded = of('group');
  const before = view.getState();
  const selectedGroups = chosen.length === 0 ? before.selectedGroups : folded;
  if (
    isSameList(before.selectedNodes, selectedNodes) &&
    isSameList(before.selectedNotes, selectedNotes) &&
    isSameList(before.selectedGroups, selectedGroups)
  )
    return;
  view.setState({
    selectedNodes,
    selectedNotes,
    selectedGroups,
    panel:
      selectedNodes.length > 1
        ? before.panel
        : panelOf(
            selectedNodes,
            edges.map(({ id }) => id),
          ),
  });
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((entry, index) => entry === b[index]);
}
