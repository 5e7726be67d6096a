import clsx from 'clsx';
import type { JobReply, RunReply, TemplateExample, TemplateSummary } from '@heddle/core';
import { useEffect, useState, type ReactElement } from 'react';
import { toApiError, type ApiError } from '../../../data/http/http.js';
import { Dialog } from '../../../ui/dialogs/Dialog.js';
import { textOf } from '../../../ui/format/text-of.js';
import { Link } from '../../../ui/navigation/Link.js';
import { runPath } from '../../../ui/navigation/route.js';
import { Notice } from '../../../ui/states/Notice.js';
import { Progress } from '../../../ui/states/Progress.js';
import { describeIngest } from '../../collections/index.js';
import { runText } from '../../run/index.js';
import { CopyProgress, UseButton } from './TemplateDialog.js';
import { TryResult } from './TryResult.js';
import { tryTemplate, type TryStep } from './try-template.js';
import type { TemplateUse } from './use-template.js';
import styles from '../home.module.css';

const standard: TemplateExample = { name: 'With the defaults of its inputs', inputs: {} };

type TryState =
  | { readonly kind: 'working'; readonly step: TryStep }
  | { readonly kind: 'ended'; readonly run: RunReply }
  | { readonly kind: 'failed'; readonly error: ApiError };

/** Runs a template with sample data without storing a workflow. */
export function TryOut({
  template,
  work,
  jobs,
  onClose,
}: {
  readonly template: TemplateSummary;
  readonly work: TemplateUse;
  readonly jobs: readonly JobReply[];
  readonly onClose: () => void;
}): ReactElement {
  const examples = template.examples.length === 0 ? [standard] : template.examples;
  const [chosen, setChosen] = useState({ example: examples[0] ?? standard, attempt: 0 });
  const state = useTryOut(template.id, chosen.example, chosen.attempt);
  const again = (example: TemplateExample): void => setChosen(({ attempt }) => ({ example, attempt: attempt + 1 }));
  return (
    <Dialog title={`Try: ${template.name}`} onClose={onClose}>
      <div className={clsx('dialog-form dialog-wide', styles['template-about'])}>
        <Sample example={chosen.example} />
        <Destinations needs={template.needs} />
        {state.kind === 'working' ? (
          <Working step={state.step} jobs={jobs} nodes={template.nodes} />
        ) : state.kind === 'failed' ? (
          <Notice error={state.error} action={{ name: 'Try again', run: () => again(chosen.example) }} />
        ) : (
          <Ended run={state.run} />
        )}
        {state.kind !== 'ended' || examples.length < 2 ? null : (
          <div className="aligned-wrapped gap-8">
            <span className="quiet">Another sample:</span>
            {examples
              .filter(({ name }) => name !== chosen.example.name)
              .map((example) => (
                <button key={example.name} type="button" className="button button-small" onClick={() => again(example)}>
                  {example.name}
                </button>
              ))}
          </div>
        )}
        {work.failed === template.id && work.error !== undefined ? <Notice error={work.error} /> : null}
        <div className="dialog-actions">
          <CopyProgress template={template} work={work} jobs={jobs} />
          <button type="button" className="button" onClick={onClose}>
            {state.kind === 'working' ? 'Cancel' : 'Close'}
          </button>
          {state.kind === 'working' ? null : <UseButton template={template} work={work} />}
        </div>
      </div>
    </Dialog>
  );
}

/** Runs an example of a template. Closing the dialog cancels the run. */
function useTryOut(id: string, example: TemplateExample, attempt: number): TryState {
  const [state, setState] = useState<TryState>({ kind: 'working', step: { kind: 'preparing' } });
  useEffect(() => {
    const controller = new AbortController();
    const show = (next: TryState): void => {
      if (!controller.signal.aborted) setState(next);
    };
    tryTemplate(id, example.inputs, (step) => show({ kind: 'working', step }), controller.signal).then(
      (run) => show({ kind: 'ended', run }),
      (reason: unknown) => show({ kind: 'failed', error: toApiError(reason) }),
    );
    return () => controller.abort();
  }, [id, example, attempt]);
  return state;
}

function Sample({ example: { name, inputs } }: { readonly example: TemplateExample }): ReactElement {
  const entries = Object.entries(inputs);
  return (
    <section aria-label="Sample data">
      <h3>{name}</h3>
      {entries.length === 0 ? null : (
        <dl className={clsx(styles['try-inputs'], 'stack gap-4')}>
          {entries.map(([key, value]) => (
            <div key={key}>
              <dt className="small-quiet">{key}</dt>
              <dd>{shortText(value)}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

/** The destinations outside this Heddle to which the sample data goes. */
function Destinations({ needs }: Pick<TemplateSummary, 'needs'>): ReactElement | null {
  const outside = needs.filter(({ kind }) => kind === 'connection').map(({ target }) => target);
  return outside.length === 0 ? null : <p className="quiet">The sample data goes to: {outside.join(', ')}.</p>;
}

const mostShown = 600;
function shortText(value: unknown): string {
  const text = textOf(value);
  return text.length > mostShown ? `${text.slice(0, mostShown)}…` : text;
}

function Working({
  step,
  jobs,
  nodes,
}: {
  readonly step: TryStep;
  readonly jobs: readonly JobReply[];
  readonly nodes: number;
}): ReactElement {
  const job = step.kind === 'importing' ? jobs.find(({ jobId }) => step.jobs.includes(jobId)) : undefined;
  const done =
    step.kind === 'running'
      ? Object.values(step.run?.nodes ?? {}).filter(({ status }) => status === 'done').length
      : undefined;
  const text =
    step.kind === 'preparing'
      ? 'Preparing…'
      : step.kind === 'importing'
        ? `Importing the sample documents${job === undefined ? '' : `: ${describeIngest(job)}`}`
        : `Running: ${Math.min(done ?? 0, nodes)} of ${nodes} nodes done`;
  return (
    <>
      <p role="status" className="figure">
        {text}
      </p>
      <Progress share={done === undefined || nodes === 0 ? undefined : Math.min(1, done / nodes)} label="Try-out" />
    </>
  );
}

function Ended({ run }: { readonly run: RunReply }): ReactElement {
  return (
    <section aria-label="Result">
      <p className="run-line aligned gap-8" data-status={run.status} role="status">
        <span className="run-dot" aria-hidden />
        <strong>{runText[run.status]}</strong>
        <Link href={runPath(run.runId)} className="text-link">
          Open run
        </Link>
      </p>
      {run.status === 'suspended' ? (
        <p>The run waits for a person. Open it, or answer in the inbox.</p>
      ) : run.status === 'paused' ? (
        <p>The run is paused, and goes on when it is released.</p>
      ) : null}
      {run.error === undefined ? null : (
        <p className="failed-text" role="alert">
          {run.error.message}
        </p>
      )}
      <TryResult outputs={run.outputs} />
    </section>
  );
}
