import clsx from 'clsx';
import { Layers } from 'lucide-react';
import { memo, Suspense, useContext, type ReactElement } from 'react';
import { useDocument } from '../../session/index.js';
import { CardDecision } from './CardDecision.js';
import {
  groupIn,
  isBreakpoint,
  loopMates,
  openScope,
  pickExecution,
  RunFocusContext,
  RunContext,
  ScopeContext,
  useExecutionFact,
  useExecutionPaths,
  useNested,
  usePick,
  useQuestions,
} from '../../run/index.js';
import { LazyAnswerForm } from '../../human-input/index.js';
import { Stepper } from '../../../ui/buttons/Stepper.js';
import { useAttemptText } from '../../executions/index.js';
import styles from '../canvas.module.css';

/** The run state on a card except the output: iteration, nested runs, open human input request. */
export const CardRun = memo(function CardRun({ id }: { readonly id: string }): ReactElement | null {
  const path = useExecutionFact(id, (execution) => execution?.path);
  const status = useExecutionFact(id, (execution) => execution?.status);
  if (path === undefined) return null;
  return (
    <div className={clsx(styles['card-run'], 'nodrag')}>
      <CardDecision id={id} />
      <Attempt path={path} />
      <Iterations id={id} />
      <Nested path={path} />
      {status === 'suspended' ? <Question path={path} /> : null}
    </div>
  );
});

function Attempt({ path }: { readonly path: string }): ReactElement | null {
  const text = useAttemptText(path);
  return text === undefined ? null : (
    <p className={clsx(styles['card-line'], 'quiet figure')}>{text.replace('attempt', 'Attempt')}</p>
  );
}

function Iterations({ id }: { readonly id: string }): ReactElement | null {
  const focus = useContext(RunFocusContext);
  const scope = useContext(ScopeContext);
  const document = useDocument((state) => state.document);
  const paths = useExecutionPaths(id);
  const pick = usePick(groupIn(scope, id));
  const shown = useExecutionFact(id, (execution) => execution?.path);
  if (paths.length < 2 || document === undefined || shown === undefined) return null;
  const index = paths.indexOf(shown);
  const choose = (next: number): void => {
    const path = paths[next];
    if (path !== undefined) pickExecution(focus, paths, loopMates(document, id), path);
  };
  return (
    <div className={styles['card-line']} data-picked={pick !== undefined || undefined}>
      <Stepper what="iteration" index={Math.max(0, index)} count={paths.length} onChange={choose} />
    </div>
  );
}

function Nested({ path }: { readonly path: string }): ReactElement | null {
  const focus = useContext(RunFocusContext);
  const runs = useNested(path);
  const latest = runs.findLast((run) => run.endedAt === undefined) ?? runs.at(-1);
  if (latest === undefined) return null;
  const failed = runs.filter((run) => run.error !== undefined).length;
  const done = runs.filter((run) => run.endedAt !== undefined).length;
  return (
    <div className={styles['card-line']}>
      <button
        type="button"
        className={clsx(styles['card-open'], 'raised aligned-inline')}
        onClick={() => openScope(focus, latest.scope)}
      >
        <Layers size={13} aria-hidden /> {runs.length === 1 ? 'Open nested run' : `Open ${runs.length} nested runs`}
      </button>
      {runs.length === 1 ? null : (
        <span className="figure quiet">
          {done} done{failed === 0 ? '' : `, ${failed} failed`}
        </span>
      )}
    </div>
  );
}

function Question({ path }: { readonly path: string }): ReactElement | null {
  const run = useContext(RunContext);
  const request = useQuestions().find((candidate) => candidate.path === path);
  if (request === undefined || run === undefined) return null;
  return (
    <Suspense fallback={<p className={clsx(styles['card-line'], 'quiet')}>Opening request…</p>}>
      <LazyAnswerForm
        key={request.requestId}
        runId={run.runId}
        requestId={request.requestId}
        question={request.question}
        isBreakpoint={isBreakpoint(request)}
        isCompact
      />
    </Suspense>
  );
}
