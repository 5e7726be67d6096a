import { useId, type InputHTMLAttributes, type ReactElement, type TextareaHTMLAttributes } from 'react';
import { Field, type FieldFrame } from './Field.js';

/** A field around a native control. It also takes the control's attributes. */
type FieldOf<Attributes, Value> = FieldFrame &
  Omit<Attributes, keyof FieldFrame | 'value' | 'onChange' | 'children'> & {
    readonly value: Value;
    readonly onChange: (value: Value) => void;
    readonly isReadOnly?: boolean | undefined;
    readonly isRequired?: boolean | undefined;
    /** Whether the field takes the focus when it appears. */
    readonly isFirst?: boolean | undefined;
  };

type TextFieldProps = FieldOf<InputHTMLAttributes<HTMLInputElement>, string> & {
  readonly suggestions?: readonly string[];
};

/** A text field. It offers `suggestions` but accepts any text. */
export function TextField({
  title,
  beside,
  help,
  error,
  isTitleHidden,
  onChange,
  type = 'text',
  suggestions,
  isRequired,
  isFirst,
  isReadOnly,
  ...attributes
}: TextFieldProps): ReactElement {
  const list = useId();
  return (
    <Field {...{ title, beside, help, error, isTitleHidden }}>
      {(shared) => (
        <>
          <input
            spellCheck={false}
            autoComplete={type === 'password' ? 'new-password' : 'off'}
            {...attributes}
            {...shared}
            type={type}
            required={isRequired}
            autoFocus={isFirst}
            readOnly={isReadOnly}
            list={suggestions === undefined ? attributes.list : list}
            onChange={(event) => onChange(event.target.value)}
          />
          {suggestions === undefined ? null : (
            <datalist id={list}>
              {suggestions.map((suggestion) => (
                <option key={suggestion} value={suggestion} />
              ))}
            </datalist>
          )}
        </>
      )}
    </Field>
  );
}

/** A text field with several lines. */
export function LinesField({
  title,
  beside,
  help,
  error,
  isTitleHidden,
  onChange,
  rows = 2,
  isCode = false,
  isRequired,
  isFirst,
  isReadOnly,
  ...attributes
}: FieldOf<TextareaHTMLAttributes<HTMLTextAreaElement>, string> & {
  /** Whether the text is code: it gets a monospaced font and no spelling check. */
  readonly isCode?: boolean;
}): ReactElement {
  return (
    <Field {...{ title, beside, help, error, isTitleHidden }}>
      {(shared) => (
        <textarea
          className={isCode ? 'mono' : undefined}
          spellCheck={isCode ? false : undefined}
          {...attributes}
          {...shared}
          rows={rows}
          required={isRequired}
          autoFocus={isFirst}
          readOnly={isReadOnly}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

/** A field for a number. An empty field means no value. */
export function NumberField({
  title,
  beside,
  help,
  error,
  isTitleHidden,
  value,
  onChange,
  isRequired,
  isFirst,
  isReadOnly,
  ...attributes
}: FieldOf<InputHTMLAttributes<HTMLInputElement>, number | undefined>): ReactElement {
  return (
    <Field {...{ title, beside, help, error, isTitleHidden }}>
      {(shared) => (
        <input
          min={0}
          step="any"
          {...attributes}
          {...shared}
          type="number"
          value={value === undefined || Number.isNaN(value) ? '' : value}
          required={isRequired}
          autoFocus={isFirst}
          readOnly={isReadOnly}
          onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.valueAsNumber)}
        />
      )}
    </Field>
  );
}

/** A field with a few options to choose from. */
export function SelectField<Value extends string>({
  value,
  choices,
  onChange,
  isReadOnly,
  isRequired,
  ...frame
}: FieldFrame & {
  readonly value: Value;
  /** The values with their captions. */
  readonly choices: readonly (readonly [Value, string])[];
  readonly onChange: (value: Value) => void;
  readonly isReadOnly?: boolean;
  readonly isRequired?: boolean;
}): ReactElement {
  return (
    <Field {...frame}>
      {(shared) => (
        <select
          {...shared}
          value={value}
          required={isRequired}
          disabled={isReadOnly}
          onChange={(event) => {
            const chosen = choices.find(([choice]) => choice === event.target.value);
            if (chosen !== undefined) onChange(chosen[0]);
          }}
        >
          {choices.map(([choice, text]) => (
            <option key={choice} value={choice}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** A checkbox with a title. */
export function SwitchField({
  value,
  onChange,
  isReadOnly,
  ...frame
}: FieldFrame & {
  readonly value: boolean;
  readonly onChange: (value: boolean) => void;
  readonly isReadOnly?: boolean;
}): ReactElement {
  return (
    <Field {...frame}>
      {(shared) => (
        <input
          {...shared}
          type="checkbox"
          role="switch"
          className="switch"
          checked={value}
          disabled={isReadOnly}
          onChange={(event) => onChange(event.target.checked)}
        />
      )}
    </Field>
  );
}
