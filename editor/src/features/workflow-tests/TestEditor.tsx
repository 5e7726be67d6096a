import clsx from 'clsx';
import { LabelLevel, type CompileReply, type WorkflowTest } from '@heddle/core';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { Notice } from '../../ui/states/Notice.js';
import { LinesField, SelectField, TextField } from '../../ui/fields/FormFields.js';
import { inputField } from '../../ui/schema-form/read-inputs.js';
import { ValueField } from '../../ui/schema-form/ValueField.js';
import { LeaveGuard } from '../../ui/dialogs/LeaveGuard.js';
import type { Action } from '../../data/queries/use-action.js';
import { formOf, isChanged, noOutput, testOf, type OutputForm, type TestForm } from './test-form.js';
import { FieldError } from '../../ui/fields/FieldError.js';
import styles from './workflow-tests.module.css';

/** A test with its inputs and expected outputs. Leaving unsaved changes needs a confirmation. */
export function TestEditor({
  test,
  stored,
  planInterface,
  action,
  isReadOnly,
  isNew,
  onSave,
  onClose,
}: {
  readonly test: WorkflowTest;
  /** The stored test; an empty one if the test is new. */
  readonly stored: WorkflowTest;
  readonly planInterface: CompileReply['interface'];
  readonly action: Action;
  readonly isReadOnly: boolean;
  readonly isNew: boolean;
  readonly onSave: (test: WorkflowTest) => void;
  readonly onClose: () => void;
}): ReactElement {
  const [form, setForm] = useState<TestForm>(() => formOf(test));
  const element = useRef<HTMLFormElement>(null);
  // A new test takes the focus.
  useEffect(() => {
    if (isNew) element.current?.querySelector('input')?.focus();
  }, [isNew]);
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const change = (part: Partial<TestForm>): void => setForm((before) => ({ ...before, ...part }));
  const submit = (): void => {
    const read = testOf(form, planInterface);
    setErrors(read.ok ? {} : read.errors);
    if (read.ok) onSave(read.test);
  };
  return (
    <form
      ref={element}
      className={styles['test-editor']}
      aria-label="Test"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TextField title="Name" value={form.name} error={errors['name']} onChange={(name) => change({ name })} />
      <fieldset>
        <legend>Inputs</legend>
        {planInterface.inputs.map((port) => (
          <ValueField
            key={port.name}
            field={inputField(port)}
            value={form.inputs[port.name] ?? ''}
            error={errors[`input ${port.name}`]}
            onChange={(value) => change({ inputs: { ...form.inputs, [port.name]: value } })}
          />
        ))}
        {planInterface.inputs.length === 0 ? <p className="quiet">This workflow has no inputs.</p> : null}
      </fieldset>
      <fieldset>
        <legend>Expected outputs</legend>
        {planInterface.outputs.map(({ name }) => (
          <Output
            key={name}
            name={name}
            value={form.outputs[name] ?? noOutput}
            error={errors[`output ${name}`]}
            onChange={(value) => change({ outputs: { ...form.outputs, [name]: value } })}
          />
        ))}
        <div className="field-pair">
          <TextField
            title="Minimum citations"
            value={form.citationsMin}
            error={errors['citations']}
            onChange={(citationsMin) => change({ citationsMin })}
          />
          <TextField
            title="Maximum cost, in $"
            value={form.cost}
            error={errors['cost']}
            onChange={(cost) => change({ cost })}
          />
        </div>
        <LinesField
          className={styles['test-text']}
          title="Required citations, one document per line"
          rows={2}
          value={form.citationsDocuments}
          onChange={(citationsDocuments) => change({ citationsDocuments })}
        />
        <TextField title="Or the expected error code" value={form.error} onChange={(error) => change({ error })} />
      </fieldset>
      {action.error === undefined ? null : <Notice error={action.error} />}
      <LeaveGuard isChanged={!isReadOnly && isChanged(form, stored, planInterface)} what="test" />
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          Close
        </button>
        <button type="submit" className="button button-primary" disabled={isReadOnly || action.isBusy}>
          Save test
        </button>
      </div>
    </form>
  );
}

function Output({
  name,
  value,
  error,
  onChange,
}: {
  readonly name: string;
  readonly value: OutputForm;
  readonly error: string | undefined;
  readonly onChange: (value: OutputForm) => void;
}): ReactElement {
  const change = (part: Partial<OutputForm>): void => onChange({ ...value, ...part });
  return (
    <section className={clsx(styles['test-output'], 'boxed')} aria-label={name}>
      <h3 className="mono">{name}</h3>
      <LinesField
        className={styles['test-text']}
        title="Contains each of these lines"
        rows={2}
        value={value.contains}
        onChange={(contains) => change({ contains })}
      />
      <LinesField
        className={styles['test-text']}
        title="Equals"
        rows={1}
        value={value.equals}
        onChange={(equals) => change({ equals })}
      />
      <div className="field-pair">
        <TextField
          title="Matches a regular expression"
          value={value.matches}
          onChange={(matches) => change({ matches })}
        />
        <SelectField
          title="Maximum label"
          value={value.label}
          choices={[['', 'Any'], ...LabelLevel.options.map((level) => [level, level] as const)]}
          onChange={(label) => change({ label })}
        />
      </div>
      {value.schema === undefined ? null : <p className="quiet">It must also match the JSON schema in the file.</p>}
      <FieldError text={error} />
    </section>
  );
}
