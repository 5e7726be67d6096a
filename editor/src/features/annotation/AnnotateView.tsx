import clsx from 'clsx';
import type { AnnotatedRun, AnnotationQueue } from '@heddle/core';
import { ListChecks } from 'lucide-react';
import type { ReactElement } from 'react';
import { useKnownMay } from '../../data/access/me-store.js';
import { AnswerText } from '../../ui/markdown/AnswerText.js';
import { Link } from '../../ui/navigation/Link.js';
import { runPath } from '../../ui/navigation/route.js';
import { Allowed } from '../../ui/states/Allowed.js';
import { EmptyState } from '../../ui/states/EmptyState.js';
import { Notice } from '../../ui/states/Notice.js';
import { ValueView } from '../../ui/values/ValueView.js';
import { AnnotationForm } from './AnnotationForm.js';
import { useQueueTask } from './use-queue-task.js';
import styles from './annotation.module.css';

/** The next answer of a queue, with the rubric beside it. */
export function AnnotateView({
  queue,
  onChange,
}: {
  readonly queue: AnnotationQueue;
  readonly onChange: () => void;
}): ReactElement {
  return useKnownMay('run:feedback') === false ? (
    <Allowed permission="run:feedback" what="Annotating answers">
      {null}
    </Allowed>
  ) : (
    <Work queue={queue} onChange={onChange} />
  );
}

function Work({ queue, onChange }: { readonly queue: AnnotationQueue; readonly onChange: () => void }): ReactElement {
  const work = useQueueTask(queue, onChange);
  const { task, error, isBusy, mayUndo, undo, next } = work;
  const takeBack = mayUndo ? (
    <button type="button" className="button" disabled={isBusy} onClick={undo}>
      Undo the last one
    </button>
  ) : undefined;
  if (task === undefined)
    return error === undefined ? (
      <p className="quiet">Loading the next answer…</p>
    ) : (
      <Notice error={error} action={{ name: 'Retry', run: next }} />
    );
  if (task === null)
    return (
      <EmptyState Icon={ListChecks} action={takeBack}>
        {queue.items === 0
          ? 'The queue is empty. Add runs to it: by a filter, at random, or by their ids.'
          : 'Nothing is left for you here. Others may still work on what is open.'}
      </EmptyState>
    );
  const isPair = task.runs.length > 1;
  return (
    <div className={styles['annotate']}>
      <div className={styles['annotate-runs']} data-pair={isPair || undefined}>
        {task.runs.map((run, index) => (
          <ShownRun key={run.runId} run={run} title={isPair ? (index === 0 ? 'Left' : 'Right') : undefined} />
        ))}
      </div>
      <AnnotationForm key={task.item} queue={queue} runs={task.runs} work={work} />
    </div>
  );
}

function ShownRun({ run, title }: { readonly run: AnnotatedRun; readonly title: string | undefined }): ReactElement {
  const { runId, inputs, outputs, label } = run;
  return (
    <article className={clsx(styles['annotate-run'], 'stack gap-12')} aria-label={title ?? 'Answer to judge'}>
      <p className="aligned-wrapped gap-8 small-quiet">
        {title === undefined ? null : <strong>{title}</strong>}
        <span>{run.workflowName}</span>
        <span>{label}</span>
        <Link href={runPath(runId)} className="text-link">
          Open run
        </Link>
      </p>
      <Values title="Asked" values={inputs} label={label} />
      <Values title="Answered" values={outputs} label={label} />
    </article>
  );
}

function Values({
  title,
  values,
  label,
}: {
  readonly title: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly label: AnnotatedRun['label'];
}): ReactElement {
  const all = Object.entries(values);
  return (
    <section className="stack gap-4">
      <h3 className="small-quiet">{title}</h3>
      {all.length === 0 ? <p className="quiet">Nothing</p> : null}
      {all.map(([name, value]) => (
        <div key={name} className="stack gap-4">
          {all.length === 1 ? null : <span className="small-quiet">{name}</span>}
          {typeof value === 'string' ? (
            <AnswerText text={value} citations={[]} />
          ) : (
            <ValueView value={{ value, label: { level: label, marks: [] } }} />
          )}
        </div>
      ))}
    </section>
  );
}
