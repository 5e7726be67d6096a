import { useId, type ReactElement } from 'react';
import { Field, type FieldFrame } from './Field.js';

interface Shared extends FieldFrame {
  readonly isReadOnly?: boolean;
}

export interface TextFieldProps extends Shared {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
  readonly type?: 'text' | 'url' | 'password' | 'date' | 'search';
  readonly suggestions?: readonly string[];
  readonly isRequired?: boolean;
  readonly isFirst?: boolean;
}

/** A text field; `suggestions` are offered, and any other text is allowed. */
export function TextField({
  value,
  onChange,
  placeholder,
  type = 'text',
  suggestions,
  isRequired,
  isFirst,
  isReadOnly,
  ...shared
}: TextFieldProps): ReactElement {
  const list = useId();
  return (
    <Field {...shared}>
      {(props) => (
        <>
          <input
            {...props}
            type={type}
            value={value}
            placeholder={placeholder}
            required={isRequired}
            autoFocus={isFirst}
            readOnly={isReadOnly}
            spellCheck={false}
            autoComplete={type === 'password' ? 'new-password' : 'off'}
            list={suggestions === undefined ? undefined : list}
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

/** A text field of several lines. */
export function LinesField({
  value,
  onChange,
  placeholder,
  rows = 2,
  isCode = false,
  ...shared
}: FieldFrame & {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
  readonly rows?: number;
  /** Written as it is meant: in a font of equal widths, and nothing in it is a spelling mistake. */
  readonly isCode?: boolean;
}): ReactElement {
  return (
    <Field {...shared}>
      {(props) => (
        <textarea
          {...props}
          className={isCode ? 'mono' : undefined}
          rows={rows}
          value={value}
          placeholder={placeholder}
          spellCheck={isCode ? false : undefined}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

/** A number field; empty means no value. */
export function NumberField({
  value,
  onChange,
  placeholder,
  step = 'any',
  isReadOnly,
  ...shared
}: Shared & {
  readonly value: number | undefined;
  readonly onChange: (value: number | undefined) => void;
  readonly placeholder?: string;
  readonly step?: number | 'any';
}): ReactElement {
  return (
    <Field {...shared}>
      {(props) => (
        <input
          {...props}
          type="number"
          min={0}
          step={step}
          value={value ?? ''}
          placeholder={placeholder}
          readOnly={isReadOnly}
          onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.valueAsNumber)}
        />
      )}
    </Field>
  );
}

/** A choice of a few options. */
export function SelectField<Value extends string>({
  value,
  choices,
  onChange,
  isReadOnly,
  ...shared
}: Shared & {
  readonly value: Value;
  readonly choices: readonly (readonly [Value, string])[];
  readonly onChange: (value: Value) => void;
}): ReactElement {
  return (
    <Field {...shared}>
      {(props) => (
        <select
          {...props}
          value={value}
          disabled={isReadOnly}
          onChange={(event) => {
            const chosen = choices.find(([choice]) => choice === event.target.value);
            if (chosen !== undefined) onChange(chosen[0]);
          }}
        >
          {choices.map(([choice, words]) => (
            <option key={choice} value={choice}>
              {words}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** A checkbox. */
export function SwitchField({
  value,
  onChange,
  isReadOnly,
  ...shared
}: Shared & { readonly value: boolean; readonly onChange: (value: boolean) => void }): ReactElement {
  return (
    <Field {...shared}>
      {(props) => (
        <input
          {...props}
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
