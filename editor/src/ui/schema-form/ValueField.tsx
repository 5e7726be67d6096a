import type { ReactElement } from 'react';
import { Field } from '../fields/Field.js';
import { LinesField, SelectField, SwitchField, TextField } from '../fields/FormFields.js';
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
  /** The caption of the type, where the form shows it beside the title. */
  readonly type?: string | undefined;
  readonly choices?: readonly string[];
  /** The field takes several files. */
  readonly isList?: boolean;
  readonly isSecret?: boolean;
}

/** One field of a form: an input of a run, or of an answer. */
export function ValueField({
  field: { title, help, kind, isRequired, type, choices = [], isList = false, isSecret = false },
  value,
  error,
  onChange,
}: {
  readonly field: ValueShape;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}): ReactElement {
  const beside = (
    <>
      {isRequired ? null : <span className="quiet"> optional</span>}
      {type === undefined ? null : <span className="field-type mono">{type}</span>}
    </>
  );
  const frame = { title, beside, help, error };
  const shared = { ...frame, value, onChange };
  switch (kind) {
    case 'file':
    case 'image':
      return (
        <Field {...frame}>
          {({ id, 'aria-describedby': describedBy }) => (
            <FileField
              {...{ id, isList, value, describedBy, onChange }}
              isImage={kind === 'image'}
              isInvalid={error !== undefined}
            />
          )}
        </Field>
      );
    case 'boolean':
      return <SelectField {...shared} choices={isRequired && value !== '' ? yesOrNo : [['', 'Not set'], ...yesOrNo]} />;
    case 'switch':
      return <SwitchField {...frame} value={value === 'true'} onChange={(isOn) => onChange(String(isOn))} />;
    case 'choice':
      return (
        <SelectField {...shared} choices={[['', 'Select'], ...choices.map((choice) => [choice, choice] as const)]} />
      );
    case 'text':
    case 'number':
      return (
        <TextField
          {...shared}
          type={isSecret ? 'password' : 'text'}
          spellCheck={undefined}
          autoComplete={isSecret ? 'off' : undefined}
          inputMode={kind === 'number' ? 'decimal' : undefined}
        />
      );
    case 'long-text':
      return <LinesField {...shared} rows={3} spellCheck />;
    case 'lines':
    case 'number-lines':
    case 'messages':
      return <LinesField {...shared} rows={5} spellCheck={false} />;
    case 'json':
      return <LinesField {...shared} rows={5} isCode />;
  }
}

const yesOrNo = [
  ['true', 'Yes'],
  ['false', 'No'],
] as const;
