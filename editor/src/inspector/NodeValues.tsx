import { splitEnd, type LabelledValue } from '@heddle/core';
import type { ReactElement } from 'react';
import { formatBytes } from '../format/format-bytes.js';
import { useExecution, useRunHead } from '../run/use-run.js';
import { RunFailure } from '../panel/RunFailure.js';
import { useDocument } from '../session.js';
import { ValueView } from './ValueView.js';

/** What went into a node and came out of it, in the run in view. */
export function NodeValues({ nodeId }: { readonly nodeId: string }): ReactElement {
  const head = useRunHead();
  const execution = useExecution(nodeId);
  const edges = useDocument((state) => state.document?.edges) ?? [];
  const incoming = edges.filter((edge) => splitEnd(edge.to)?.node === nodeId);
  if (head === undefined) return <p className="quiet">Run the workflow to see what goes through this node.</p>;
  const written = Object.entries(execution?.text ?? {}).filter(([port]) => execution?.outputs?.[port] === undefined);
  return (
    <div className="values">
      {execution?.error === undefined ? null : <RunFailure error={execution.error} />}
      <h3>Inputs</h3>
      {incoming.length === 0 ? <p className="quiet">Nothing is connected.</p> : incoming.map((edge) => <InputValue key={`${edge.from} ${edge.to}`} from={edge.from} to={edge.to} />)}
      <h3>Outputs</h3>
      {written.map(([port, text]) => (
        <div className="value" key={port}>
          <h4>{port}</h4>
          <p className="answer">{text}</p>
        </div>
      ))}
      {Object.entries(execution?.outputs ?? {}).map(([port, labelled]) => (
        <OneValue key={port} name={port} labelled={labelled} />
      ))}
      {execution?.outputs === undefined && written.length === 0 ? <p className="quiet">Nothing yet.</p> : null}
    </div>
  );
}

function InputValue({ from, to }: { readonly from: string; readonly to: string }): ReactElement | null {
  const source = splitEnd(from);
  const execution = useExecution(source?.node ?? '');
  const labelled = execution?.outputs?.[source?.port ?? ''];
  const name = splitEnd(to)?.port ?? to;
  if (labelled !== undefined) return <OneValue name={name} labelled={labelled} />;
  return (
    <div className="value">
      <h4>{name}</h4>
      <p className="quiet">{execution?.status === 'done' ? `${from} was left out` : `Waits for ${from}`}</p>
    </div>
  );
}

function OneValue({ name, labelled }: { readonly name: string; readonly labelled: LabelledValue }): ReactElement {
  return (
    <div className="value">
      <h4>
        {name}
        <span className="quiet figure">
          {labelled.size === undefined ? '' : `${formatBytes(labelled.size)} · `}
          {labelled.label.level}
        </span>
      </h4>
      <ValueView labelled={labelled} />
    </div>
  );
}
