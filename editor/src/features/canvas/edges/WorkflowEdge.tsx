import clsx from 'clsx';
import { BaseEdge, getBezierPath, useStore, type EdgeProps } from '@xyflow/react';
import { Plus } from 'lucide-react';
import { memo, useContext, useState, type CSSProperties, type ReactElement } from 'react';
import { shallow } from 'zustand/shallow';
import { formatBytes } from '../../../ui/format/format-bytes.js';
import { previewValue } from '../../../ui/format/preview-value.js';
import { DiffContext } from '../../differences/index.js';
import { edgeState, type EdgeState, useExecution, useExecutionCount, useExecutionFact } from '../../run/index.js';
import { isEditable } from '../../document/index.js';
import { useDocument, useSession, useView } from '../../session/index.js';
import { setOverlay, type ViewState, manyNodes } from '../../view/index.js';
import type { FlowEdge, EdgeData } from '../flow/flow-types.js';
import { backLevel, loopPath } from './loop-edge.js';
import { EdgeMark, EdgeReach } from './EdgeReach.js';
import { FixedSize } from './FixedSize.js';
import { lanePath } from './edge-around.js';
import { edgeLanes } from './edge-lanes.js';
import { useFlowing } from './use-flowing.js';
import { typeColour } from '../../../ui/icons/type-colour.js';
import canvasStyles from '../canvas.module.css';
import edgeStyles from './edge.module.css';

/**
 * An edge. Its colour shows its type; it is animated while a value streams, solid after it carried a value, and dotted if the value was
 * dropped.
 */
export const WorkflowEdge = memo(function WorkflowEdge(props: EdgeProps<FlowEdge>): ReactElement | null {
  return props.data === undefined ? null : <Edge {...props} data={props.data} />;
});

function Edge(props: EdgeProps<FlowEdge> & { readonly data: EdgeData }): ReactElement {
  const { id, selected, data } = props;
  const { from, to, loop } = data;
  const [isHovered, setHovered] = useState(false);
  const type = useDocument(
    (state) => state.compiled?.ports[from.node]?.outputs.find((output) => output.name === from.port)?.type,
  );
  const canEdit = useDocument(isEditable);
  const state = useExecutionFact(from.node, (execution) => edgeState(execution, from.port));
  const pulse = useExecutionFact(from.node, (execution) => pulseSeconds(execution?.rate));
  const endedAt = useExecutionFact(from.node, (execution) => execution?.endedAt);
  const [isFlowing, endFlow] = useFlowing(state, endedAt);
  const isLit = useView((view) => isSelectedEnd(view, from.node, to.node));
  const isDropTarget = useView((view) => view.dropEdge === id);
  const mark = useContext(DiffContext)?.edges.get(id);
  const level = useStore((store) => backLevel({ ...props, isLoop: loop !== undefined }, store.nodeLookup));
  const lane = useStore(
    (store) =>
      level === undefined && store.nodes.length <= manyNodes
        ? edgeLanes(store.nodes, store.edges, store.nodeLookup).get(id)
        : undefined,
    shallow,
  );
  const [path, labelX, labelY] =
    level !== undefined ? loopPath(props, level) : lane !== undefined ? lanePath(props, lane) : getBezierPath(props);
  const isMoving = useView((view) => view.isDragging || view.drawing !== undefined);
  const isOpen = (isHovered || selected === true) && !isMoving;
  // The colour and the pulse duration depend on the data, which a class cannot express.
  const style = { '--type': typeColour(type), '--pulse': `${pulse}s` } as CSSProperties;
  const at = { x: labelX, y: labelY };
  const hover = { onPointerEnter: () => setHovered(true), onPointerLeave: () => setHovered(false) };
  return (
    <g
      className={edgeStyles['edge']}
      data-state={state}
      data-selected={selected === true || undefined}
      data-lit={isLit || selected === true || undefined}
      data-drop={isDropTarget || undefined}
      data-diff={mark}
      data-loop={loop !== undefined || undefined}
      style={style}
      {...hover}
    >
      <BaseEdge id={id} path={path} className={edgeStyles['edge-line']} interactionWidth={18} />
      <EdgeMark edge={id} x={labelX} y={labelY} isOpen={isOpen} />
      {state === 'streaming' ? <path d={path} className={edgeStyles['edge-pulse']} /> : null}
      {isFlowing ? <path d={path} pathLength={1} className={edgeStyles['edge-flow']} onAnimationEnd={endFlow} /> : null}
      {loop === undefined || isOpen ? null : (
        <FixedSize {...at} className={edgeStyles['edge-loop']}>
          <LoopCount node={to.node} max={loop.max} />
        </FixedSize>
      )}
      {isOpen ? (
        <FixedSize {...at} className={clsx(edgeStyles['edge-middle'], 'nodrag nopan')} {...hover}>
          {canEdit ? <EdgePlus edge={id} at={[labelX, labelY]} /> : null}
          <div className={clsx(edgeStyles['edge-label'], 'boxed')}>
            <strong>{type ?? 'Unknown type'}</strong>
            <span className="quiet">
              {from.node}.{from.port} → {to.node}.{to.port}
            </span>
            {loop === undefined ? null : <LoopCount node={to.node} max={loop.max} />}
            <Carried node={from.node} port={from.port} type={type} state={state} />
            <EdgeReach edge={id} />
          </div>
        </FixedSize>
      ) : null}
    </g>
  );
}

const chosen = new WeakMap<readonly string[], ReadonlySet<string>>();

/** Whether one end of the edge is selected. A long selection is searched only once. */
function isSelectedEnd({ selectedNodes }: ViewState, source: string, target: string): boolean {
  if (selectedNodes.length === 0) return false;
  let set = chosen.get(selectedNodes);
  if (set === undefined) {
    set = new Set(selectedNodes);
    chosen.set(selectedNodes, set);
  }
  return set.has(source) || set.has(target);
}

/** The current and maximum number of iterations of a loop edge. */
function LoopCount({ node, max }: { readonly node: string; readonly max: number }): ReactElement {
  const rounds = useExecutionCount(node);
  return (
    <span className="figure">{rounds === 0 ? `Loop, at most ${max}` : `Iteration ${rounds} of at most ${max}`}</span>
  );
}

/** A button on the edge that opens the palette with nodes that match both ends and inserts the selected one. */
function EdgePlus({ edge, at }: { readonly edge: string; readonly at: readonly [number, number] }): ReactElement {
  const { view } = useSession();
  return (
    <button
      type="button"
      className={clsx(canvasStyles['plus'], 'centred')}
      tabIndex={-1}
      aria-label="Insert a node on this edge"
      onClick={() => setOverlay(view, { kind: 'palette', at, edge })}
    >
      <Plus size={14} aria-hidden />
    </button>
  );
}

/** The possible durations of a pulse in seconds. There are few, because an animation restarts when its duration changes. */
const paces = [0.25, 0.4, 0.6, 0.9, 1.3];
const slowestPace = 2;

/** The faster the text, the faster the pulses. Until the rate is known, the duration is fixed. */
function pulseSeconds(rate: number | undefined): number {
  return rate === undefined ? 0.9 : (paces.find((pace) => pace >= 24 / rate) ?? slowestPace);
}

interface CarriedProps {
  readonly node: string;
  readonly port: string;
  readonly type: Parameters<typeof previewValue>[1];
  readonly state: EdgeState;
}

/** The value on the edge: its size, its beginning and its label. */
function Carried({ node, port, type, state }: CarriedProps): ReactElement | null {
  const execution = useExecution(node);
  const labelled = execution?.outputs?.[port];
  if (state === 'dropped') return <span className="quiet">No value passed this edge</span>;
  if (labelled === undefined) return null;
  const preview = previewValue(labelled, type);
  const text = preview.kind === 'text' ? preview.text.slice(0, 140) : '';
  const facts = [
    countOf(labelled.value, type),
    labelled.size === undefined ? undefined : formatBytes(labelled.size),
    labelled.label.level,
  ];
  return (
    <>
      {text === '' ? null : <span className={edgeStyles['edge-caption']}>{text}</span>}
      <span className="quiet figure">{facts.filter((fact) => fact !== undefined).join(' · ')}</span>
    </>
  );
}

/** Describes the number of items if the value contains several. */
function countOf(value: unknown, type: CarriedProps['type']): string | undefined {
  if (typeof value === 'string') return value.length === 1 ? '1 character' : `${value.length} characters`;
  if (!Array.isArray(value) || type === 'Vector') return undefined;
  const noun = type === 'Passages' ? 'passage' : type === 'Messages' ? 'message' : 'item';
  return value.length === 1 ? `1 ${noun}` : `${value.length} ${noun}s`;
}
