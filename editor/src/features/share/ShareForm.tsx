import type { SharedPage } from '@heddle/core';
import { useEffect, useMemo, useRef, useState, type ReactElement, type SyntheticEvent } from 'react';
import { useStore } from 'zustand';
import { FeedbackBar } from '../../ui/feedback/FeedbackBar.js';
import { FieldList } from '../../ui/schema-form/FieldList.js';
import { createFormFiles } from '../../ui/schema-form/form-files.js';
import { readFields, type FormValues } from '../../ui/schema-form/read-fields.js';
import { StoreFile } from '../../ui/schema-form/store-file.js';
import type { ChatRun } from '../chat-kit/index.js';
import type { FormRun } from './form-run.js';
import { Outputs } from './Outputs.js';
import { questionOf, shareField } from './share-fields.js';

/** A form that runs a shared workflow and shows the result. `measure` gets its element, to report its height. */
export function ShareForm({
  page,
  formRun,
  measure,
}: {
  readonly page: SharedPage;
  readonly formRun: FormRun;
  readonly measure: (content: Element) => void;
}): ReactElement {
  const fields = useMemo(() => page.inputs.map((input) => shareField(input, page.maxFileBytes)), [page]);
  const [values, setValues] = useState<FormValues>({});
  const [files] = useState(() => createFormFiles(page.maxFileBytes));
  const content = useRef<HTMLDivElement>(null);
  const form = useRef<HTMLFormElement>(null);
  const { isBusy, status, problem, errors, run, said, ratingProblem } = useStore(formRun.store);
  useEffect(() => {
    if (content.current !== null) measure(content.current);
  }, [measure]);
  useEffect(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(), [errors]);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (isBusy) {
      formRun.stop();
      return;
    }
    const read = readFields(fields, values);
    if (read.ok) formRun.start(questionOf(page.inputs, read.values, files));
    else formRun.store.setState({ errors: read.errors });
  };
  return (
    <div className="chat-log scrolls" tabIndex={-1}>
      <div className="chat-turns stack" ref={content}>
        <form ref={form} className="share-form stack" onSubmit={submit} noValidate>
          {page.greeting === undefined || page.greeting === '' ? null : <p className="greeting">{page.greeting}</p>}
          <StoreFile value={files.store}>
            <FieldList
              fields={fields}
              values={values}
              errors={errors}
              onChange={({ name }, value) => setValues((before) => ({ ...before, [name]: value }))}
            />
          </StoreFile>
          <div className="aligned gap-12">
            <button type="submit" className="button button-primary">
              {isBusy ? 'Stop' : 'Run'}
            </button>
            <p className="state" role="status" hidden={status === ''}>
              {status}
            </p>
          </div>
          {problem === '' ? null : (
            <p className="failed-text" role="alert">
              {problem}
            </p>
          )}
        </form>
        {run === undefined ? null : <Result run={run} page={page} isBusy={isBusy} readFile={formRun.readFile} />}
        {run?.status === 'done' && !isBusy ? (
          <FeedbackBar
            said={said}
            isBusy={false}
            status={ratingProblem ?? (said === undefined ? '' : 'Thank you for your feedback.')}
            onGive={(next) => formRun.rate(next)}
            onRemove={() => formRun.rate(undefined)}
          />
        ) : null}
        <p className="note-line small-quiet">Results are made by an AI system and can be wrong.</p>
      </div>
    </div>
  );
}

function Result({
  run,
  page,
  isBusy,
  readFile,
}: {
  readonly run: ChatRun;
  readonly page: SharedPage;
  readonly isBusy: boolean;
  readonly readFile: (runId: string, id: string) => Promise<Blob>;
}): ReactElement {
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    // A long form may end below the window, where the result would not be visible.
    if (!isBusy) section.current?.scrollIntoView({ block: 'nearest' });
  }, [isBusy]);
  return (
    <section ref={section} className="result" aria-label="Result" aria-busy={isBusy}>
      <Outputs outputs={page.outputs} run={run} readFile={(id) => readFile(run.runId, id)} />
    </section>
  );
}
