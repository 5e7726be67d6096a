import type { ReactElement } from 'react';
import type { FormField, FormValues } from './read-fields.js';
import { ValueField } from './ValueField.js';

/** The fields of a form, each with its value and its error. */
export function FieldList<Field extends FormField>({
  fields,
  values,
  errors,
  onChange,
}: {
  readonly fields: readonly Field[];
  readonly values: FormValues;
  readonly errors: Readonly<Record<string, string>>;
  readonly onChange: (field: Field, value: string) => void;
}): ReactElement {
  return (
    <>
      {fields.map((field) => (
        <ValueField
          key={field.name}
          field={field}
          value={values[field.name] ?? field.initial}
          error={errors[field.name]}
          onChange={(value) => onChange(field, value)}
        />
      ))}
    </>
  );
}
