import type { ValueShape } from './ValueField.js';

/** The values of a form: one text per field; booleans as `true` and `false`. */
export type FormValues = Readonly<Record<string, string>>;

/** A named field of a form, and how its text is read. */
export interface FormField extends ValueShape {
  readonly name: string;
  readonly initial: string;
  /** Whether the form can be sent without a value. */
  readonly mayBeEmpty: boolean;
  /** Returns what is wrong with a value, as text for the person who typed it. */
  readonly check?: ((value: unknown) => string | undefined) | undefined;
}

export type ReadFields =
  | { readonly ok: true; readonly values: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly errors: Readonly<Record<string, string>> };

/** Reads the values of a form, or returns the errors of its fields. Empty fields are left out. */
export function readFields(fields: readonly FormField[], texts: FormValues): ReadFields {
  const values: [string, unknown][] = [];
  const errors: [string, string][] = [];
  for (const field of fields) {
    const text = texts[field.name] ?? field.initial;
    if (text.trim() === '') {
      if (!field.mayBeEmpty) errors.push([field.name, `${field.title} is required.`]);
      continue;
    }
    const read = readField(field, text);
    if ('error' in read) errors.push([field.name, read.error]);
    else values.push([field.name, read.value]);
  }
  return errors.length === 0
    ? { ok: true, values: Object.fromEntries(values) }
    : { ok: false, errors: Object.fromEntries(errors) };
}

function readField({ kind, check }: FormField, text: string): { readonly value: unknown } | { readonly error: string } {
  try {
    const value = valueOf(kind, text);
    const error = check?.(value) ?? (Number.isNaN(value) ? 'Enter a number, such as 3 or 0.5.' : undefined);
    return error === undefined ? { value } : { error };
  } catch {
    return { error: 'This is not valid JSON. Texts need quotes, such as ["one", "two"].' };
  }
}

/** Throws if the text is not JSON. */
function valueOf(kind: ValueShape['kind'], text: string): unknown {
  switch (kind) {
    case 'text':
    case 'long-text':
    case 'choice':
      return text;
    case 'boolean':
    case 'switch':
      return text === 'true';
    case 'number':
      return Number(text.trim().replace(',', '.'));
    case 'lines':
      return linesOf(text);
    case 'number-lines':
      return linesOf(text).map(Number);
    case 'messages':
      return text.trimStart().startsWith('[') ? JSON.parse(text) : [{ role: 'user', content: text }];
    case 'json':
    case 'file':
    case 'image':
      return JSON.parse(text);
  }
}

const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
