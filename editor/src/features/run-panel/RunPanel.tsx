import clsx from 'clsx';
import type { Issue, LabelledValue, WorkflowDocument } from '@heddle/core';
import { Play, Square } from 'lucide-react';
import { Suspense, useContext, useMemo, useState, type ReactElement } from 'react';
import { useDraftRuns } from '../../data/access/draft-runs.js';
import { rightsUnknown, useMay } from '../../data/access/me-store.js';
import { localValues } from '../../data/browser-storage.js';
import { useKillSwitchReason } from '../../data/queries/kill-switches-store.js';
import { textOf } from '../../ui/format/text-of.js';
import { modifierName } from '../../ui/keyboard/modifier.js';
import { Notice } from '../../ui/states/Notice.js';
import { SegmentedControl } from '../../ui/buttons/SegmentedControl.js';
import { Link } from '../../ui/navigation/Link.js';
import { apiPath, insideNow, navigate, runPath, workflowPath } from '../../ui/navigation/route.js';
import { InsideContext } from '../nested-runs/index.js';
import { OpenQuestions } from '../human-input/index.js';
import { recallInputs, rememberInputs, trialOptions, useRunHead } from '../run/index.js';
import type { FormValues } from '../../ui/schema-form/read-fields.js';
import { client } from '../../data/api/client.js';
import { TrialLine } from './TrialLine.js';
import { useDocument, useRunSession, useSession } from '../session/index.js';
import { EmptyRun } from './EmptyRun.js';
import { LazyChatPanel } from './chat/late-chat-panel.js';
import { useChatPorts } from './chat/use-chat-ports.js';
import { LazyRunActions, LazyRunResult } from './late-parts.js';
import { RunForm } from './RunForm.js';
import { startSaved } from './start-saved.js';
import { useOpenedInputs } from './use-opened-inputs.js';
import styles from './run-panel.module.css';

const runKinds = [
  [false, 'Form'],
  [true, 'Chat'],
] as const;

/** The form or chat of a workflow, and the result of its run. */
export function RunPanel(): ReactElement {
  const isDraft = useDocument((state) => state.origin.kind === 'draft');
  const name = useDocument((state) => state.document?.name);
  const [isChat, setChat] = useState(false);
  const isInside = useContext(InsideContext) !== undefined;
  const ports = useChatPorts();
  const mayRun = useMay('run:draft');
  const canChat = isDraft && mayRun && ports !== undefined;
  return (
    <div className="panel-body">
      {isInside ? (
        <p className="quiet">
          An inner workflow runs as part of <strong>{name}</strong>, which you start here.
        </p>
      ) : null}
      {canChat ? <SegmentedControl label="Input mode" choices={runKinds} value={isChat} onChange={setChat} /> : null}
      {canChat && isChat ? (
        <Suspense fallback={<p className="quiet">Opening chat…</p>}>
          <LazyChatPanel ports={ports} />
        </Suspense>
      ) : (
        <FormPanel />
      )}
    </div>
  );
}

function FormPanel(): ReactElement {
  const session = useSession();
  const { runs } = session;
  const workflowId = useDocument((state) => state.id) ?? '';
  const slug = useDocument((state) => state.slug);
  const compiled = useDocument((state) => state.compiled);
  const document = useDocument((state) => state.document);
  const origin = useDocument((state) => state.origin);
  const { may: knownMay, reason } = useDraftRuns();
  const mayCall = useMay('run:published');
  const mayStop = useMay('run:control');
  const isAsking = knownMay === undefined;
  const mayRun = knownMay ?? true;
  const isStarting = useRunSession((state) => state.isStarting);
  const error = useRunSession((state) => state.error);
  const head = useRunHead();
  // During playback the run counts as ended, even if the shown moment is an earlier one.
  const isPlayed = useRunSession((state) => state.playback !== undefined);
  const isRunning = head !== undefined && !head.isEnded && !isPlayed;
  const opened = useOpenedInputs(origin.kind === 'draft' ? head?.runId : undefined);
  const initial = useMemo(
    () =>
      origin.kind === 'run'
        ? inputTexts(origin.inputs)
        : opened === undefined
          ? recallInputs(workflowId, localValues())
          : inputTexts(opened),
    [workflowId, origin, opened],
  );
  const errors = compiled?.issues.filter((issue) => issue.severity === 'error') ?? [];
  const isEmpty = origin.kind !== 'run' && errors.some(({ code }) => code === 'workflow-empty');
  const stop = useKillSwitchReason(workflowId === '' ? undefined : workflowId);
  const obstacle = stop ?? obstacleOf(errors, origin.kind === 'run');

  const run = (inputs: Readonly<Record<string, unknown>>, values: FormValues): void => {
    if (workflowId !== '') rememberInputs(workflowId, values, localValues());
    const options = trialOptions(runs.trials.getState(), nodesOf(document));
    if (origin.kind === 'run') {
      // A rerun uses the workflow of its run, because the draft may have changed since.
      void runs
        .begin(() =>
          client.POST('/api/runs/{id}/rerun', { params: { path: { id: origin.runId } }, body: { inputs, ...options } }),
        )
        .then((runId) => {
          if (runId !== undefined) navigate(runPath(runId));
        });
      return;
    }
    void startSaved(session, workflowId, inputs, options).then((runId) => {
      if (runId !== undefined) navigate(workflowPath(slug ?? workflowId, runId, insideNow()));
    });
  };

  return (
    <>
      {!mayRun ? (
        <p className="quiet">
          {reason}. You can view it and its runs
          {!mayCall || slug === undefined ? (
            '.'
          ) : (
            <>
              , and{' '}
              <Link href={apiPath(slug)} className="text-link">
                call the live version
              </Link>
              .
            </>
          )}
        </p>
      ) : compiled === undefined ? (
        <p className="quiet">Loading inputs…</p>
      ) : isEmpty ? (
        <EmptyRun />
      ) : (
        <RunForm
          key={`${workflowId} ${opened === undefined ? '' : 'opened'}`}
          ports={compiled.interface.inputs}
          initial={initial}
          isBusy={isAsking || isStarting || isRunning}
          obstacle={obstacle}
          onRun={run}
        />
      )}
      <TrialLine />
      <div className="run-actions flex gap-8">
        {isRunning && mayStop ? (
          <button type="button" className="button" disabled={head.isCancelRequested} onClick={() => void runs.stop()}>
            <Square size={13} strokeWidth={2.5} aria-hidden /> {head.isCancelRequested ? 'Stopping' : 'Stop'}{' '}
            <kbd>{modifierName} ↵</kbd>
          </button>
        ) : !mayRun ? null : (
          <button
            type="submit"
            form="run-form"
            className={clsx('button', styles['run-submit'])}
            disabled={isAsking || isStarting || compiled === undefined || obstacle !== undefined}
            aria-busy={isAsking || undefined}
            data-tip={isAsking ? rightsUnknown : undefined}
          >
            <Play size={13} strokeWidth={2.5} aria-hidden />{' '}
            {isStarting ? 'Starting' : origin.kind === 'run' ? 'Rerun' : 'Run'} <kbd>{modifierName} ↵</kbd>
          </button>
        )}
      </div>
      {origin.kind === 'run' && mayRun ? (
        <p className="quiet">
          This is the workflow of this run. A rerun uses it too.{' '}
          {workflowId === '' ? null : (
            <Link href={workflowPath(workflowId)} className="text-link">
              Open draft
            </Link>
          )}
        </p>
      ) : null}
      {error === undefined ? null : <Notice error={error} />}
      {head === undefined && error === undefined && mayRun && !isEmpty ? (
        <p className={clsx(styles['panel-hint'], 'quiet')}>
          The answer appears here as it streams, with its sources. Each node shows its state on its card.
        </p>
      ) : null}
      <OpenQuestions />
      {head === undefined ? null : (
        <Suspense fallback={<section className="result" aria-label="Result" aria-busy="true" />}>
          <LazyRunResult />
        </Suspense>
      )}
      {head?.isEnded === true ? (
        <Suspense fallback={null}>
          <LazyRunActions />
        </Suspense>
      ) : null}
    </>
  );
}

const nodesOf = (document: WorkflowDocument | undefined): Readonly<Record<string, unknown>> => document?.nodes ?? {};

function inputTexts(inputs: Readonly<Record<string, LabelledValue>>): FormValues {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, labelled]) => [
      name,
      labelled.value === undefined ? (labelled.preview ?? '') : textOf(labelled.value),
    ]),
  );
}

/** What prevents a run from starting. Nothing prevents a rerun, because the workflow of its run was valid. */
function obstacleOf(errors: readonly Issue[], isRerun: boolean): string | undefined {
  if (errors.length === 0 || isRerun) return undefined;
  return `Fix ${errors.length === 1 ? 'one issue' : `${errors.length} issues`} first: ${errors[0]?.message ?? ''}`;
}
