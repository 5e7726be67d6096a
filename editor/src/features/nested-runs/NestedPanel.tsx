import type { LabelledValue } from '@heddle/core';
import { useContext, type ReactElement } from 'react';
import { formatDuration } from '../../ui/format/format-duration.js';
import { RunFailure } from '../executions/index.js';
import { useDocument } from '../session/index.js';
import { ValueView } from '../../ui/values/ValueView.js';
import {
  parentExecutionOf,
  type RunHead,
  runText,
  type NestedRun,
  ParentTitleContext,
  RunContext,
  ScopeContext,
  useNested,
  useRunHead,
} from '../run/index.js';

/** The inputs and outputs of a nested run. */
export function NestedPanel(): ReactElement | null {
  const scope = useContext(ScopeContext);
  const run = useContext(RunContext);
  const head = useRunHead();
  const name = useDocument((state) => state.document?.name);
  const parentTitle = useContext(ParentTitleContext)(scope);
  const runs = useNested(parentExecutionOf(scope).path);
  const index = runs.findIndex((candidate) => candidate.scope === scope);
  const nested = runs[index];
  if (nested === undefined || run === undefined || head === undefined) return null;
  const item = runs.length < 2 ? '' : `, item ${index + 1} of ${runs.length}`;
  return (
    <div className="panel-body">
      <h2 className="panel-title">{name ?? nested.workflow}</h2>
      <p className="quiet" data-tip={scope}>
        {nestedState(nested, head)} · {parentTitle}
        {item}
      </p>
      {nested.error === undefined ? null : <RunFailure error={nested.error} />}
      <Values title="Inputs" values={nested.inputs} runId={run.runId} />
      {nested.outputs === undefined ? null : <Values title="Outputs" values={nested.outputs} runId={run.runId} />}
    </div>
  );
}

/** The state of a nested run. A nested run that has not ended has the state of the whole run. */
function nestedState({ startedAt, endedAt, error }: NestedRun, head: RunHead): string {
  if (endedAt === undefined) return runText[head.isEnded ? 'cancelled' : head.status];
  return error === undefined ? `${runText.done} in ${formatDuration(endedAt - startedAt)}` : runText.failed;
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
      {Object.keys(values).length === 0 ? <p className="quiet">None</p> : null}
    </section>
  );
}
