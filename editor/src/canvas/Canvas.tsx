import { applyNodeChanges, Background, BackgroundVariant, Controls, ReactFlow, useReactFlow, type OnNodesChange } from '@xyflow/react';
import { useCallback, useEffect, useMemo, useState, type ReactElement } from 'react';
import { useTheme } from '../look/theme.js';
import { useDocument } from '../session.js';
import { NodeCard } from './NodeCard.js';
import { ThreadEdge } from './ThreadEdge.js';
import { flowEdges, flowNodes, type FlowEdge, type FlowNode } from './to-flow.js';

const nodeTypes = { card: NodeCard };
const edgeTypes = { thread: ThreadEdge };
const fitOptions = { padding: 0.06, maxZoom: 1.1, minZoom: 0.24 };
const proOptions = { hideAttribution: true };

/** The workflow as a graph. */
export function Canvas(): ReactElement {
  const document = useDocument((state) => state.document);
  const theme = useTheme();
  const [nodes, setNodes] = useState<FlowNode[]>([]);
  const [shown, setShown] = useState(document);
  // Positions that the document gives are taken over as soon as it changes, before anything is drawn.
  if (document !== shown || (nodes.length === 0 && document !== undefined)) {
    setShown(document);
    setNodes((before) => (document === undefined ? [] : flowNodes(document, before)));
  }
  const edges = useMemo(() => (document === undefined ? [] : flowEdges(document)), [document]);
  const onNodesChange: OnNodesChange<FlowNode> = useCallback((changes) => setNodes((before) => applyNodeChanges(changes, before)), []);
  return (
    <ReactFlow<FlowNode, FlowEdge>
      className="canvas"
      aria-label="Workflow"
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      edgeTypes={edgeTypes}
      onNodesChange={onNodesChange}
      nodesDraggable={false}
      nodesConnectable={false}
      edgesFocusable
      deleteKeyCode={null}
      colorMode={theme}
      minZoom={0.1}
      maxZoom={2}
      fitView
      fitViewOptions={fitOptions}
      proOptions={proOptions}
      onlyRenderVisibleElements={nodes.length > 150}
    >
      <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} />
      <Controls showInteractive={false} position="bottom-left" />
      <FitOnResize />
    </ReactFlow>
  );
}

/** Keeps the whole workflow in view when the room for it changes, as on a turned phone. */
function FitOnResize(): null {
  const { fitView } = useReactFlow();
  useEffect(() => {
    const canvas = window.document.querySelector('.canvas');
    if (canvas === null) return undefined;
    let width = canvas.clientWidth;
    const observer = new ResizeObserver(() => {
      if (Math.abs(canvas.clientWidth - width) < 40) return;
      width = canvas.clientWidth;
      void fitView(fitOptions);
    });
    observer.observe(canvas);
    return () => observer.disconnect();
  }, [fitView]);
  return null;
}
