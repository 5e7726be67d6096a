import clsx from 'clsx';
import { exampleInputs, takesFiles, type PortDescription, type WorkflowVersion } from '@heddle/core';
import { useEffect, useMemo, useRef, useState, type ReactElement } from 'react';
import { useMay } from '../../data/access/me-store.js';
import { callPublished, type PublishedAnswer } from '../../data/api/published.js';
import { SelectField, TextField } from '../../ui/fields/FormFields.js';
import { Notice } from '../../ui/states/Notice.js';
import { inputField, readInputs } from '../../ui/schema-form/read-inputs.js';
import { FieldList } from '../../ui/schema-form/FieldList.js';
import { createFormFiles } from '../../ui/schema-form/form-files.js';
import { StoreFile } from '../../ui/schema-form/store-file.js';
import { useAction } from '../../data/queries/use-action.js';
import { Answer } from './Answer.js';
import { nothingStreamed, streamed } from './stream-view.js';
import styles from './workflow-api.module.css';

/** Calls the workflow as callers do: with an API key, or as the signed-in user. */
export function TryIt({
  slug,
  inputs,
  example,
  versions,
}: {
  readonly slug: string;
  readonly inputs: readonly PortDescription[];
  /** The inputs of the last run, if the user may read them. */
  readonly example: Readonly<Record<string, unknown>> | undefined;
  readonly versions: readonly WorkflowVersion[];
}): ReactElement {
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  // Once the user has started typing, an example that loads later no longer changes the fields.
  const [begun, setBegun] = useState<{ readonly example: Readonly<Record<string, unknown>> | undefined }>();
  const { example: shown } = begun ?? { example };
  const values = useMemo(() => ({ ...examples(inputs, shown), ...typed }), [inputs, shown, typed]);
  const [held] = useState(() => createFormFiles());
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [key, setKey] = useState('');
  const [version, setVersion] = useState<number>();
  const [isStream, setStream] = useState(true);
  const [stream, setView] = useState(nothingStreamed);
  const [answer, setAnswer] = useState<PublishedAnswer>();
  const action = useAction();
  const mayCall = useMay('run:published');
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);
  const send = (): void => {
    const read = readInputs(inputs, values);
    setErrors(read.ok ? {} : read.errors);
    if (!read.ok) return;
    const withFiles = new Set(inputs.filter(takesFiles).map(({ name }) => name));
    const entries = Object.entries(read.values);
    setAnswer(undefined);
    setView(nothingStreamed);
    const controller = new AbortController();
    running.current = controller;
    action.run(async () => {
      const call = {
        slug,
        inputs: Object.fromEntries(entries.filter(([name]) => !withFiles.has(name))),
        files: Object.fromEntries(
          entries.filter(([name]) => withFiles.has(name)).map(([name, value]) => [name, held.filesOf(value)]),
        ),
        key: key.trim() === '' ? undefined : key.trim(),
        version,
        isStream,
        signal: controller.signal,
      };
      try {
        setAnswer(await callPublished(call, (event) => setView((before) => streamed(before, event))));
      } catch (reason) {
        if (!controller.signal.aborted) throw reason;
      }
    });
  };
  return (
    <section className={clsx('section', styles['api-try'], 'boxed-surface')} aria-label="Try it">
      <h2>Try it</h2>
      <form
        className="run-form"
        noValidate
        onFocus={() => setBegun((before) => before ?? { example })}
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <StoreFile value={held.store}>
          <FieldList
            fields={inputs.map(inputField)}
            values={values}
            errors={errors}
            onChange={({ name }, value) => setTyped((before) => ({ ...before, [name]: value }))}
          />
        </StoreFile>
        <div className="field-pair">
          <TextField
            title="API key"
            type="password"
            autoComplete="off"
            placeholder="hk_…"
            value={key}
            help={
              mayCall
                ? 'Empty: your own account. The key is not stored.'
                : 'Your account can only view: enter a key with more rights.'
            }
            onChange={setKey}
          />
          <SelectField
            title="Version"
            value={String(version ?? '')}
            choices={[
              ['', 'Live version'],
              ...versions.map(({ version: number }) => [String(number), `Version ${number}`] as const),
            ]}
            onChange={(chosen) => setVersion(chosen === '' ? undefined : Number(chosen))}
          />
        </div>
        <label className="aligned-inline gap-8 strong-text">
          <input type="checkbox" checked={isStream} onChange={(event) => setStream(event.target.checked)} />
          Stream the reply
        </label>
        <div className="run-actions flex gap-8">
          {action.isBusy ? (
            <button type="button" className="button" onClick={() => running.current?.abort()}>
              Stop waiting
            </button>
          ) : (
            <button type="submit" className="button button-primary" disabled={!mayCall && key.trim() === ''}>
              Send
            </button>
          )}
        </div>
      </form>
      {action.error === undefined ? null : <Notice error={action.error} />}
      <Answer answer={answer} stream={stream} isBusy={action.isBusy} />
    </section>
  );
}

function examples(
  inputs: readonly PortDescription[],
  example: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries({ ...exampleInputs(inputs), ...example }).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}
