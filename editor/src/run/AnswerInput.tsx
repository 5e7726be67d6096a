import type { ReactElement } from 'react';
import { Field } from '../frame/Field.js';
import type { AnswerField } from './answer-fields.js';

/** One field of an answer, by its kind. */
export function AnswerInput({
  field,
  value,
  error,
  onChange,
}: {
  readonly field: AnswerField;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}): ReactElement {
  return (
    <Field
      title={field.title}
      beside={field.isRequired ? null : <span className="quiet"> optional</span>}
      help={field.help}
      error={error}
    >
      {(described) => {
        const shared = { ...described, value };
        return field.kind === 'choice' || field.kind === 'boolean' ? (
          <select {...shared} onChange={(event) => onChange(event.target.value)}>
            {field.kind === 'choice' || !field.isRequired ? <option value="">Select</option> : null}
            {field.kind === 'boolean' ? (
              <>
                <option value="true">Yes</option>
                <option value="false">No</option>
              </>
            ) : (
              field.choices.map((choice) => (
                <option key={choice} value={choice}>
                  {choice}
                </option>
              ))
            )}
          </select>
        ) : field.kind === 'long-text' || field.kind === 'json' ? (
          <textarea
            {...shared}
            rows={3}
            className={field.kind === 'json' ? 'mono' : undefined}
            onChange={(event) => onChange(event.target.value)}
          />
        ) : (
          <input
            {...shared}
            type={field.isSecret ? 'password' : undefined}
            autoComplete={field.isSecret ? 'off' : undefined}
            inputMode={field.kind === 'number' ? 'decimal' : undefined}
            onChange={(event) => onChange(event.target.value)}
          />
        );
      }}
    </Field>
  );
}
