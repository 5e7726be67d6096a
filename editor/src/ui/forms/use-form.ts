import { useState } from 'react';

/** The errors of fields, by the names of the values. A form may show errors with other names itself. */
export type FormErrors = Readonly<Partial<Record<string, string>>>;

/** What a field of the kit takes from a form. */
interface FormField<Value> {
  readonly value: Value;
  readonly error: string | undefined;
  readonly isReadOnly: boolean;
  readonly onChange: (value: Value) => void;
}

type FieldOf<Values> = <Name extends keyof Values & string>(name: Name) => FormField<Values[Name]>;

/** The values of a form and the errors of its fields. */
export interface Form<Values> {
  readonly values: Values;
  readonly errors: FormErrors;
  readonly change: (part: Partial<Values>) => void;
  readonly setErrors: (errors: FormErrors) => void;
  /** The props that connect a field with the value of this name. */
  readonly field: FieldOf<Values>;
}

interface FormOptions {
  readonly isReadOnly?: boolean;
  /** Called when a person changes a value, for example to remove an estimate of the earlier values. */
  readonly onChange?: () => void;
}

/**
 * Stores the values of a form, and the errors of its fields until the next check.
 *
 * @example <TextField title="Name" {...form.field('name')} />
 */
export function useForm<Values extends object>(
  initial: Values | (() => Values),
  { isReadOnly = false, onChange = () => undefined }: FormOptions = {},
): Form<Values> {
  const [values, setValues] = useState(initial);
  const [errors, setErrors] = useState<FormErrors>({});
  const change = (part: object): void => {
    onChange();
    setValues((before) => ({ ...before, ...part }));
  };
  const field: FieldOf<Values> = (name) => ({
    value: values[name],
    error: errors[name],
    isReadOnly,
    onChange: (value) => change({ [name]: value }),
  });
  return { values, errors, change, setErrors, field };
}

/** The same props for a part of a form, such as a row. The parent stores its values, and gets them with each change. */
export function fieldsOf<Values extends object>(
  values: Values,
  onChange: (values: Values) => void,
  isReadOnly = false,
): FieldOf<Values> {
  return (name) => ({
    value: values[name],
    error: undefined,
    isReadOnly,
    onChange: (value) => onChange({ ...values, [name]: value }),
  });
}
