import type { ReactElement } from 'react';
import { Field, type FieldShared } from '../fields/Field.js';
import { FileField } from './FileField.js';

/** A field for one value, which the form holds as text. */
export interface ValueShape {
  readonly title: string;
  readonly help?: string | undefined;
  /** `lines` and `number-lines` are lists with an entry per line; `switch` is a boolean that is always set. */
  readonly kind:
    | 'text'
    | 'long-text'
    | 'number'
    | 'boolean'
    | 'switch'
    | 'choice'
    | 'lines'
    | 'number-lines'
    | 'messages'
    | 'json'
    | 'file'
    | 'image';
  readonly isRequired: boolean;
  /** The type, where it is shown beside the title. */
  readonly type?: string | undefined;
  readonly choices?: readonly string[];
  /** Several files. */
  readonly isList?: boolean;
  readonly isSecret?: boolean;
}

interface ValueFieldProps {
  readonly field: ValueShape;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

/** One field of a form: an input of a run, or of an answer. */
export function ValueField(props: ValueFieldProps): ReactElement {
  const { field, error } = props;
  return (
    <Field
      title={field.title}
      beside={
        <>
          {field.isRequired ? null : <span className="quiet"> optional</span>}
          {field.type === undefined ? null : <span className="field-type mono">{field.type}</span>}
        </>
      }
      help={field.help}
      error={error}
    >
      {(shared) => <Input {...props} shared={shared} />}
    </Field>
  );
}

function Input({
  field,
  value,
  error,
  onChange,
  shared,
}: ValueFieldProps & { readonly shared: FieldShared }): ReactElement {
  const { kind, isRequired, choices = [], isList = false, isSecret = false } = field;
  const given = { ...shared, value };
  switch (kind) {
    case 'file':
    case 'image':
      return (
        <FileField
          id={shared.id}
          isList={isList}
          isImage={kind === 'image'}
          value={value}
          isInvalid={error !== undefined}
          describedBy={shared['aria-describedby']}
          onChange={onChange}
        />
      );
    case 'boolean':
      return (
        <select {...given} onChange={(event) => onChange(event.target.value)}>
          {isRequired && value !== '' ? null : <option value="">Not set</option>}
          <option value="true">Yes</option>
          <option value="false">No</option>
        </select>
      );
    case 'switch':
      return (
        <input
          {...shared}
          type="checkbox"
          role="switch"
          className="switch"
          checked={value === 'true'}
          onChange={(event) => onChange(String(event.target.checked))}
        />
      );
    case 'choice':
      return (
        <select {...given} onChange={(event) => onChange(event.target.value)}>
          <option value="">Select</option>
          {choices.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      );
    case 'text':
    case 'number':
      return (
        <input
          {...given}
          type={isSecret ? 'password' : undefined}
          autoComplete={isSecret ? 'off' : undefined}
          inputMode={kind === 'number' ? 'decimal' : undefined}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case 'long-text':
    case 'lines':
    case 'number-lines':
    case 'messages':
    case 'json':
      return (
        <textarea
          {...given}
          rows={kind === 'long-text' ? 3 : 5}
          className={kind === 'json' ? 'mono' : undefined}
          spellCheck={kind === 'long-text'}
          onChange={(event) => onChange(event.target.value)}
        />
      );
  }
}
