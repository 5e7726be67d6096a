import { Suspense, useContext, type ReactElement } from 'react';
import { LateAnswerForm } from './late-answer-form.js';
import { useExecutionTitle } from '../executions/index.js';
import { RunContext, useQuestions } from '../run/index.js';

/** The requests that the run in view waits for, or those of one execution, each with its form. */
export function OpenQuestions({ path }: { readonly path?: string }): ReactElement | null {
  const run = useContext(RunContext);
  const all = useQuestions();
  const questions = path === undefined ? all : all.filter((request) => request.path === path);
  if (run === undefined || questions.length === 0) return null;
  return (
    <section className="questions grid gap-12" aria-label="Open requests">
      {questions.map((request) => (
        <div key={request.requestId}>
          <Requester path={request.path} />
          <Suspense fallback={<p className="quiet">Opening request…</p>}>
            <LateAnswerForm runId={run.runId} requestId={request.requestId} question={request.question} />
          </Suspense>
        </div>
      ))}
    </section>
  );
}

function Requester({ path }: { readonly path: string }): ReactElement {
  const title = useExecutionTitle(path);
  return (
    <p className="quiet" data-tip={path}>
      {title}
    </p>
  );
}
