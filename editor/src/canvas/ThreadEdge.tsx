import { BaseEdge, EdgeLabelRenderer, getBezierPath, type EdgeProps } from '@xyflow/react';
import { memo, useState, type CSSProperties, type ReactElement } from 'react';
import { formatBytes } from '../format/format-bytes.js';
import { previewValue } from '../format/preview-value.js';
import type { ExecutionView } from '../run/run-view.js';
import { threadState } from '../run/thread-state.js';
import { useExecution } from '../run/use-run.js';
import { useDocument } from '../session.js';
import type { FlowEdge } from './to-flow.js';
import { typeColour } from './type-colour.js';

/** An edge: coloured by its type at rest, moving while a value streams, solid when carried, dotted when dropped. */
export const ThreadEdge = memo(function ThreadEdge(props: EdgeProps<FlowEdge>): ReactElement {
  const { id, source, target, sourceHandleId, targetHandleId, selected } = props;
  const [isHovered, setHovered] = useState(false);
  const port = sourceHandleId ?? '';
  const type = useDocument((state) => state.compiled?.ports[source]?.outputs.find((output) => output.name === port)?.type);
  const execution = useExecution(source);
  const state = threadState(execution, port);
  const [path, labelX, labelY] = getBezierPath(props);
  const rate = execution?.rate;
  // The colour of the type and the pace of the pulses follow the data, which a class cannot say.
  const style = { '--type': typeColour(type), '--pulse': `${pulseSeconds(rate)}s` } as CSSProperties;
  return (
    <g className="thread" data-state={state} data-selected={selected === true || undefined} data-loop={props.data?.isLoop === true || undefined} style={style} onPointerEnter={() => setHovered(true)} onPointerLeave={() => setHovered(false)}>
      <BaseEdge id={id} path={path} className="thread-line" interactionWidth={18} />
      {state === 'streaming' ? <path d={path} className="thread-pulse" /> : null}
      {isHovered || selected === true ? (
        <EdgeLabelRenderer>
          <div className="thread-label" style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY}px)` }}>
            <strong>{type ?? 'Unknown type'}</strong>
            <span className="quiet">
              {source}.{port} → {target}.{targetHandleId}
            </span>
            <Carried execution={execution} port={port} type={type} />
          </div>
        </EdgeLabelRenderer>
      ) : null}
    </g>
  );
});

/** Faster text, faster pulses; a steady pace until the rate is known. */
function pulseSeconds(rate: number | undefined): number {
  return rate === undefined ? 0.9 : Math.min(2, Math.max(0.25, 24 / rate));
}

function Carried({ execution, port, type }: { readonly execution: ExecutionView | undefined; readonly port: string; readonly type: Parameters<typeof previewValue>[1] }): ReactElement | null {
  const labelled = execution?.outputs?.[port];
  if (labelled === undefined) return null;
  const preview = previewValue(labelled, type);
  const words = preview.kind === 'text' ? preview.text.slice(0, 140) : `${preview.count} passages`;
  return (
    <>
      {words === '' ? null : <span className="thread-words">{words}</span>}
      <span className="quiet figure">
        {labelled.size === undefined ? '' : `${formatBytes(labelled.size)} · `}
        {labelled.label.level}
      </span>
    </>
  );
}
