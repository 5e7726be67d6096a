import clsx from 'clsx';
import { LabelLevel, type CompileReply, type WorkflowTest } from '@heddle/core';
import { useEffect, useRef, type ReactElement } from 'react';
import { Notice } from '../../ui/states/Notice.js';
import { LinesField, SelectField, TextField } from '../../ui/fields/FormFields.js';
import { fieldsOf, useForm } from '../../ui/forms/use-form.js';
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
  const form = useForm<TestForm>(() => formOf(test));
  const element = useRef<HTMLFormElement>(null);
  // A new test takes the focus.
  useEffect(() => {
    if (isNew) element.current?.querySelector('input')?.focus();
  }, [isNew]);
  const submit = (): void => {
    const read = testOf(form.values, planInterface);
    form.setErrors(read.ok ? {} : read.errors);
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
      <TextField title="Name" {...form.field('name')} />
      <fieldset>
        <legend>Inputs</legend>
        {planInterface.inputs.map((port) => (
          <ValueField
            key={port.name}
            field={inputField(port)}
            value={form.values.inputs[port.name] ?? ''}
            error={form.errors[`input ${port.name}`]}
            onChange={(value) => form.change({ inputs: { ...form.values.inputs, [port.name]: value } })}
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
            value={form.values.outputs[name] ?? noOutput}
            error={form.errors[`output ${name}`]}
            onChange={(value) => form.change({ outputs: { ...form.values.outputs, [name]: value } })}
          />
        ))}
        <div className="field-pair">
          <TextField title="Minimum citations" {...form.field('citationsMin')} error={form.errors['citations']} />
          <TextField title="Maximum cost, in $" {...form.field('cost')} />
        </div>
        <LinesField
          className={styles['test-text']}
          {...form.field('citationsDocuments')}
          title="Required citations, one document per line"
          rows={2}
        />
        <TextField title="Or the expected error code" {...form.field('error')} />
      </fieldset>
      {action.error === undefined ? null : <Notice error={action.error} />}
      <LeaveGuard isChanged={!isReadOnly && isChanged(form.values, stored, planInterface)} what="test" />
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
  const field = fieldsOf(value, onChange);
  return (
    <section className={clsx(styles['test-output'], 'boxed')} aria-label={name}>
      <h3 className="mono">{name}</h3>
      <LinesField
        className={styles['test-text']}
        {...field('contains')}
        title="Contains each of these lines"
        rows={2}
      />
      <LinesField className={styles['test-text']} {...field('equals')} title="Equals" rows={1} />
      <div className="field-pair">
        <TextField title="Matches a regular expression" {...field('matches')} />
        <SelectField
          title="Maximum label"
          {...field('label')}
          choices={[['', 'Any'], ...LabelLevel.options.map((level) => [level, level] as const)]}
        />
      </div>
      {value.schema === undefined ? null : <p className="quiet">It must also match the JSON schema in the file.</p>}
      <FieldError text={error} />
    </section>
  );
}
