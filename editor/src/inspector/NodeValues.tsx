import { splitEnd } from '@heddle/core';
import type { ReactElement } from 'react';
import { RunFailure } from '../panel/RunFailure.js';
import { useExecution, useRunHead } from '../run/use-run.js';
import { useDocument } from '../session.js';
import { InputValue } from './InputValue.js';
import { OneValue } from './OneValue.js';

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
