import type { LabelledValue } from '@heddle/core';
import { Play, Square } from 'lucide-react';
import { useMemo, type ReactElement } from 'react';
import { textOf } from '../format/preview-value.js';
import { modifierName } from '../frame/modifier.js';
import { Notice } from '../frame/Notice.js';
import { navigate, workflowPath } from '../pages/route.js';
import { recallInputs, rememberInputs } from '../run/remembered-inputs.js';
import type { FormValues } from '../run/read-inputs.js';
import { useRunHead } from '../run/use-run.js';
import { useDocument, useRunSession, useSession } from '../session.js';
import { RunForm } from './RunForm.js';
import { RunResult } from './RunResult.js';
import { startSaved } from './start-saved.js';

/** The form of a workflow and what its run gives. */
export function RunPanel(): ReactElement {
  const session = useSession();
  const { runs } = session;
  const workflowId = useDocument((state) => state.id) ?? '';
  const slug = useDocument((state) => state.slug);
  const compiled = useDocument((state) => state.compiled);
  const isStarting = useRunSession((state) => state.isStarting);
  const error = useRunSession((state) => state.error);
  const head = useRunHead();
  const isRunning = head !== undefined && !head.isEnded;
  const origin = useDocument((state) => state.origin);
  const initial = useMemo(() => (origin.kind === 'run' ? inputTexts(origin.inputs) : recallInputs(workflowId, localStorage)), [workflowId, origin]);
  const errors = compiled?.issues.filter((issue) => issue.severity === 'error') ?? [];
  const obstacle = errors.length === 0 ? undefined : `Solve ${errors.length === 1 ? 'one issue' : `${errors.length} issues`} first: ${errors[0]?.message ?? ''}`;

  const run = (inputs: Readonly<Record<string, unknown>>, values: FormValues): void => {
    rememberInputs(workflowId, values, localStorage);
    void startSaved(session, workflowId, inputs).then((runId) => {
      if (runId !== undefined) navigate(workflowPath(slug ?? workflowId, runId));
    });
  };

  return (
      <div className="panel-body">
        {compiled === undefined ? (
          <p className="quiet">Reading the workflow’s inputs…</p>
        ) : (
          <RunForm key={workflowId} ports={compiled.interface.inputs} initial={initial} isBusy={isStarting || isRunning} obstacle={obstacle} onRun={run} />
        )}
        <div className="run-actions">
          {isRunning ? (
            <button type="button" className="button" disabled={head.isCancelRequested} onClick={() => void runs.stop()}>
              <Square size={13} strokeWidth={2.5} aria-hidden /> {head.isCancelRequested ? 'Stopping' : 'Stop'} <kbd>{modifierName} ↵</kbd>
            </button>
          ) : (
            <button type="submit" form="run-form" className="button button-primary" disabled={isStarting || compiled === undefined || obstacle !== undefined}>
              <Play size={13} strokeWidth={2.5} aria-hidden /> {isStarting ? 'Starting' : 'Run'} <kbd>{modifierName} ↵</kbd>
            </button>
          )}
        </div>
        {error === undefined ? null : <Notice error={error} />}
        {head === undefined && error === undefined ? <p className="panel-hint quiet">The answer appears here as it is written, with its sources. Each node shows what it does on its card.</p> : null}
        <RunResult />
      </div>
  );
}

/** A run's inputs as its form shows them. */
function inputTexts(inputs: Readonly<Record<string, LabelledValue>>): FormValues {
  return Object.fromEntries(Object.entries(inputs).map(([name, labelled]) => [name, labelled.value === undefined ? (labelled.preview ?? '') : textOf(labelled.value)]));
}
