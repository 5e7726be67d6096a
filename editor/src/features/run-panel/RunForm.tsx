import type { PortDescription } from '@heddle/core';
import { useState, type KeyboardEvent, type ReactElement, type SyntheticEvent } from 'react';
import { FieldList } from '../../ui/schema-form/FieldList.js';
import type { FormValues } from '../../ui/schema-form/read-fields.js';
import { inputField, readInputs } from '../../ui/schema-form/read-inputs.js';

export interface RunFormProps {
  readonly ports: readonly PortDescription[];
  readonly initial: FormValues;
  readonly isBusy: boolean;
  /** Why the workflow cannot run; undefined if it can. */
  readonly obstacle: string | undefined;
  readonly onRun: (inputs: Readonly<Record<string, unknown>>, values: FormValues) => void;
}

/** The form for the inputs of a workflow. Mod+Enter starts the run from any field. */
export function RunForm({ ports, initial, isBusy, obstacle, onRun }: RunFormProps): ReactElement {
  const [values, setValues] = useState<FormValues>(() => withDefaults(ports, initial));
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (isBusy || obstacle !== undefined) return;
    const read = readInputs(ports, values);
    setErrors(read.ok ? {} : read.errors);
    if (read.ok) onRun(read.values, values);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const isPlainEnter = event.key === 'Enter' && !event.shiftKey && ports.length === 1 && ports[0]?.type === 'Text';
    if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey || isPlainEnter) || event.nativeEvent.isComposing)
      return;
    // While a run is in progress, the same shortcut stops it, wherever the focus is.
    if (isBusy && (event.metaKey || event.ctrlKey)) return;
    event.stopPropagation();
    submit(event);
  };
  return (
    <form id="run-form" className="run-form" onSubmit={submit} onKeyDown={onKeyDown} noValidate>
      <FieldList
        fields={ports.map(inputField)}
        values={values}
        errors={errors}
        onChange={({ name }, value) => setValues((before) => ({ ...before, [name]: value }))}
      />
      {ports.length === 0 && obstacle === undefined ? <p className="quiet">This workflow has no inputs.</p> : null}
      {obstacle === undefined ? null : <p className="field-error">{obstacle}</p>}
    </form>
  );
}

function withDefaults(ports: readonly PortDescription[], initial: FormValues): FormValues {
  const defaults = ports.flatMap((port) =>
    port.default === undefined
      ? []
      : [[port.name, typeof port.default === 'string' ? port.default : JSON.stringify(port.default)] as const],
  );
  return { ...Object.fromEntries(defaults), ...initial };
}
