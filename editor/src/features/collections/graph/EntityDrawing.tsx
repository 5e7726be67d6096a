import type { GraphEntityReply } from '@heddle/core';
import {
  BaseEdge,
  EdgeLabelRenderer,
  Handle,
  Position,
  ReactFlow,
  useReactFlow,
  useStore,
  type Edge,
  type EdgeProps,
  type Node,
  type NodeProps,
} from '@xyflow/react';
import { useEffect, useMemo, type ReactElement } from 'react';
import { visibleText } from '../../../ui/markdown/visible-text.js';
import { Link } from '../../../ui/navigation/Link.js';
import { entitiesPath } from '../../../ui/navigation/route.js';
import { boxEdge, boxSize, neighbourhoodOf, type DrawnEntity, type DrawnLine } from './neighbourhood.js';
import styles from './graph.module.css';

type EntityNode = Node<{ readonly entity: DrawnEntity; readonly href: string | undefined }, 'entity'>;
type LineEdge = Edge<{ readonly line: DrawnLine; readonly from: DrawnEntity; readonly to: DrawnEntity }, 'line'>;

/** An entity drawn with its nearest neighbours. Keyboard users and screen readers use the lists beside the drawing instead. */
export function EntityDrawing({
  name,
  found,
}: {
  readonly name: string;
  readonly found: GraphEntityReply;
}): ReactElement {
  const { nodes, edges } = useMemo(() => drawnOf(name, found), [name, found]);
  return (
    <div className={styles['drawing']} aria-hidden data-part="entity-drawing">
      <ReactFlow<EntityNode, LineEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        fitView
        fitViewOptions={fit}
        minZoom={0.2}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        panOnDrag={false}
        zoomOnScroll={false}
        zoomOnPinch={false}
        zoomOnDoubleClick={false}
        preventScrolling={false}
        disableKeyboardA11y
        proOptions={options}
      >
        <Fitted />
      </ReactFlow>
    </div>
  );
}

const options = { hideAttribution: true };
const fit = { padding: 0.04, maxZoom: 1 };

/** Keeps the whole drawing visible when its container changes size. */
function Fitted(): null {
  const width = useStore((store) => store.width);
  const { fitView } = useReactFlow();
  useEffect(() => {
    if (width > 0) void fitView(fit);
  }, [width, fitView]);
  return null;
}

function drawnOf(name: string, found: GraphEntityReply): { nodes: EntityNode[]; edges: LineEdge[] } {
  const { boxes, lines } = neighbourhoodOf(found);
  const [middle] = boxes;
  const byId = new Map(boxes.map((box) => [box.id, box]));
  const { width, height } = boxSize;
  const nodes = boxes.map((entity): EntityNode => ({
    id: entity.id,
    type: 'entity',
    position: { x: entity.x - width / 2, y: entity.y - height / 2 },
    width,
    height,
    data: { entity, href: entity === middle ? undefined : entitiesPath(name, entity.id) },
  }));
  const edges = lines.flatMap((line): LineEdge[] => {
    const to = byId.get(line.neighbour);
    return middle === undefined || to === undefined
      ? []
      : [{ id: line.neighbour, type: 'line', source: middle.id, target: to.id, data: { line, from: middle, to } }];
  });
  return { nodes, edges };
}

function EntityBox({ data: { entity, href } }: NodeProps<EntityNode>): ReactElement {
  const content = (
    <>
      <bdi className="truncate strong-text">{visibleText(entity.name)}</bdi>
      <span className="truncate small-quiet">{visibleText(entity.type)}</span>
    </>
  );
  return (
    <>
      {/* React Flow requires both handles of a line; they stay invisible because the line draws its own ends. */}
      <Handle type="source" position={Position.Top} className={styles['drawn-end']} isConnectable={false} />
      <Handle type="target" position={Position.Top} className={styles['drawn-end']} isConnectable={false} />
      {href === undefined ? (
        <div className={styles['drawn']} data-middle>
          {content}
        </div>
      ) : (
        <Link href={href} className={styles['drawn']} tabIndex={-1} data-tip={entity.name}>
          {content}
        </Link>
      )}
    </>
  );
}

function Line({ data }: EdgeProps<LineEdge>): ReactElement | null {
  if (data === undefined) return null;
  const { line, from, to } = data;
  const start = boxEdge(from, to, 4);
  const end = boxEdge(to, from, 4);
  const middleX = (start.x + end.x) / 2;
  const middleY = (start.y + end.y) / 2;
  return (
    <>
      <BaseEdge
        path={`M${start.x},${start.y} L${end.x},${end.y}`}
        className={styles['line']}
        style={{ strokeWidth: 1 + 2 * line.share }}
        data-related={line.text !== '' || undefined}
      />
      {line.direction === undefined || line.direction === 'from' ? null : <Arrow from={start} at={end} />}
      {line.direction === undefined || line.direction === 'to' ? null : <Arrow from={end} at={start} />}
      {line.text === '' ? null : (
        <EdgeLabelRenderer>
          <span
            className={styles['line-text']}
            style={{ transform: `translate(-50%, -50%) translate(${middleX}px, ${middleY}px)` }}
          >
            {visibleText(line.text)}
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  );
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function Arrow({ from, at }: { readonly from: Point; readonly at: Point }): ReactElement {
  const angle = (Math.atan2(at.y - from.y, at.x - from.x) * 180) / Math.PI;
  return (
    <path
      className={styles['arrow']}
      d="M0,0 L-9,-4.5 L-9,4.5 Z"
      transform={`translate(${at.x} ${at.y}) rotate(${angle})`}
    />
  );
}

const nodeTypes = { entity: EntityBox };
const edgeTypes = { line: Line };
