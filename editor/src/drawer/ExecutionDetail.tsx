import { splitEnd } from '@heddle/core';
import type { ReactElement } from 'react';
import { usageFigures } from '../format/usage-figures.js';
import { OneValue } from '../inspector/OneValue.js';
import { RunFailure } from '../panel/RunFailure.js';
import { isNested, leafOf } from '../run/execution-path.js';
import { useExecutionAt } from '../run/use-run.js';
import { InputValue } from '../inspector/InputValue.js';
import { useDocument } from '../session.js';

/** What one execution took, gave, and how it went. */
export function ExecutionDetail({ path }: { readonly path: string }): ReactElement | null {
  const execution = useExecutionAt(path);
  const edges = useDocument((state) => state.document?.edges) ?? [];
  if (execution === undefined) return null;
  const incoming = isNested(path) ? [] : edges.filter((edge) => splitEnd(edge.to)?.node === leafOf(path));
  const written = Object.entries(execution.text).filter(([port]) => execution.outputs?.[port] === undefined);
  const figures = usageFigures(execution);
  return (
    <div className="values">
      <p className="drawer-path mono">
        {path}
        {execution.attempt > 1 ? <span className="quiet"> try {execution.attempt}</span> : null}
      </p>
      {figures.length === 0 ? null : <p className="quiet figure">{figures.map((figure) => figure.value).join(' · ')}</p>}
      {execution.error === undefined ? null : <RunFailure error={execution.error} />}
      {incoming.length === 0 ? null : <h3>Inputs</h3>}
      {incoming.map((edge) => (
        <InputValue key={`${edge.from} ${edge.to}`} from={edge.from} to={edge.to} />
      ))}
      <h3>Outputs</h3>
      {written.map(([port, text]) => (
        <div className="value" key={port}>
          <h4>{port}</h4>
          <p className="answer" dir="auto">
            {text}
          </p>
        </div>
      ))}
      {Object.entries(execution.outputs ?? {}).map(([port, labelled]) => (
        <OneValue key={port} name={port} labelled={labelled} />
      ))}
      {Object.keys(execution.outputs ?? {}).length === 0 && written.length === 0 ? <p className="quiet">None.</p> : null}
    </div>
  );
}
