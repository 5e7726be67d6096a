import type { ReactElement } from 'react';
import { RunFailure, ExecutionRecord, OneValue } from '../executions/index.js';
import { OpenQuestions } from '../human-input/index.js';
import { useExecution, useRunHead, usageFigures } from '../run/index.js';
import { useDocument } from '../session/index.js';
import { WrittenText } from '../../ui/markdown/WrittenText.js';

/** The outputs of a node in the run that is shown. They appear while they stream. */
export function OutputTab({ nodeId }: { readonly nodeId: string }): ReactElement {
  const head = useRunHead();
  const execution = useExecution(nodeId);
  const ports = useDocument((state) => state.compiled?.ports[nodeId]?.outputs);
  if (head === undefined) return <p className="quiet">Run the workflow to see the outputs of this node.</p>;
  const outputs = execution?.outputs ?? {};
  const written = Object.entries(execution?.text ?? {}).filter(([port]) => outputs[port] === undefined);
  const figures = execution === undefined ? [] : usageFigures(execution);
  const left =
    execution?.outputs === undefined
      ? []
      : (ports ?? []).filter(({ name }) => outputs[name] === undefined && name !== 'error');
  return (
    <div className="values">
      {figures.length === 0 ? null : (
        <p className="quiet figure">
          {figures.map((figure, index) => (
            <span key={figure.name} data-tip={figure.name}>
              {index === 0 ? '' : ' · '}
              {figure.value}
            </span>
          ))}
        </p>
      )}
      {execution?.error === undefined ? null : <RunFailure error={execution.error} />}
      {execution === undefined ? null : <OpenQuestions path={execution.path} />}
      {execution === undefined ? null : <ExecutionRecord path={execution.path} />}
      {written.map(([port, text]) => (
        <section className="value" key={port} aria-label={port}>
          <h4>{port}</h4>
          <WrittenText text={text} isWriting={execution?.status === 'streaming'} />
        </section>
      ))}
      {Object.entries(outputs).map(([port, labelled]) => (
        <OneValue
          key={port}
          name={port}
          labelled={labelled}
          path={execution?.path}
          port={port}
          type={ports?.find(({ name }) => name === port)?.type}
          end={`${nodeId}.${port}`}
        />
      ))}
      {left.length === 0 ? null : <p className="quiet">No value: {left.map(({ name }) => name).join(', ')}.</p>}
      {Object.keys(outputs).length === 0 && written.length === 0 && execution?.error === undefined ? (
        <p className="quiet">{nothingYet(execution?.status)}</p>
      ) : null}
    </div>
  );
}

function nothingYet(status: string | undefined): string {
  if (status === 'skipped') return 'This node was skipped: it got no value that it needs.';
  if (status === 'paused') return 'No output yet: the run is paused.';
  return status === 'suspended' ? 'No output yet: it waits for human input.' : 'No output yet.';
}
