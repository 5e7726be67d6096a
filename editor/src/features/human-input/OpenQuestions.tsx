import clsx from 'clsx';
import { Suspense, useContext, type ReactElement } from 'react';
import { LazyAnswerForm } from './late-answer-form.js';
import { useExecutionTitle } from '../executions/index.js';
import { formatDuration } from '../../ui/format/format-duration.js';
import { useNow } from '../../ui/format/use-now.js';
import { isBreakpoint, RunContext, useQuestions } from '../run/index.js';
import styles from './human-input.module.css';

/** The requests for which the shown run waits, or those of one execution, each with its form. */
export function OpenQuestions({ path }: { readonly path?: string }): ReactElement | null {
  const run = useContext(RunContext);
  const all = useQuestions();
  const questions = path === undefined ? all : all.filter((request) => request.path === path);
  if (run === undefined || questions.length === 0) return null;
  return (
    <section className={clsx(styles['questions'], 'grid gap-12')} aria-label="Open requests">
      {questions.map((request) => (
        <div key={request.requestId}>
          <Requester path={request.path} dueAt={request.question.dueAt} />
          <Suspense fallback={<p className="quiet">Opening request…</p>}>
            <LazyAnswerForm
              runId={run.runId}
              requestId={request.requestId}
              question={request.question}
              isBreakpoint={isBreakpoint(request)}
            />
          </Suspense>
        </div>
      ))}
    </section>
  );
}

/** The node that asks, and the time left for an answer. */
function Requester({ path, dueAt }: { readonly path: string; readonly dueAt: number | undefined }): ReactElement {
  const title = useExecutionTitle(path);
  const now = useNow(false);
  return (
    <p className="quiet aligned-wrapped gap-8">
      <span data-tip={path}>{title} asks</span>
      {dueAt === undefined ? null : (
        <span className="inbox-due figure" data-tip={new Date(dueAt).toLocaleString()}>
          {dueAt <= now ? `Overdue for ${formatDuration(now - dueAt)}` : `Answer within ${formatDuration(dueAt - now)}`}
        </span>
      )}
    </p>
  );
}
