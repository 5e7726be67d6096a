import type { LabelledValue } from '@heddle/core';
import { useContext, type ReactElement } from 'react';
import { formatDuration } from '../format/format-duration.js';
import { RunFailure } from '../panel/RunFailure.js';
import { ValueView } from '../values/ValueView.js';
import { beginnerOf } from './execution-path.js';
import { RunContext, ScopeContext, useNested } from './use-run.js';

/** What a run inside the run took and gave. */
export function NestedPanel(): ReactElement | null {
  const scope = useContext(ScopeContext);
  const run = useContext(RunContext);
  const nested = useNested(beginnerOf(scope).path).find((candidate) => candidate.scope === scope);
  if (nested === undefined || run === undefined) return null;
  const state =
    nested.endedAt === undefined
      ? 'Running'
      : nested.error === undefined
        ? `Done in ${formatDuration(nested.endedAt - nested.startedAt)}`
        : 'Failed';
  return (
    <div className="panel-body">
      <h2 className="panel-title">{nested.workflow}</h2>
      <p className="quiet">
        {state} <span className="mono">{scope}</span>
      </p>
      {nested.error === undefined ? null : <RunFailure error={nested.error} />}
      <Values title="Inputs" values={nested.inputs} runId={run.runId} />
      {nested.outputs === undefined ? null : <Values title="Outputs" values={nested.outputs} runId={run.runId} />}
    </div>
  );
}

function Values({
  title,
  values,
  runId,
}: {
  readonly title: string;
  readonly values: Readonly<Record<string, LabelledValue>>;
  readonly runId: string;
}): ReactElement {
  return (
    <section className="values" aria-label={title}>
      <h3>{title}</h3>
      {Object.entries(values).map(([name, value]) => (
        <div className="value" key={name}>
          <h4>{name}</h4>
          <ValueView value={value} runId={runId} />
        </div>
      ))}
      {Object.keys(values).length === 0 ? <p className="quiet">None.</p> : null}
    </section>
  );
}
