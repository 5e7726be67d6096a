/** The values of the form: inputs by name, files separately, and field errors. */
export interface FormInputs {
  readonly values: Readonly<Record<string, unknown>>;
  readonly files: readonly (readonly [name: string, file: File])[];
  readonly errors: Readonly<Record<string, string>>;
}

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** Returns all form fields that are inputs of the workflow. */
export function fieldsOf(form: HTMLFormElement): readonly Field[] {
  return [...form.querySelectorAll<Field>('[data-input]')];
}

/** Reads the fields in the server's format, without empty optional fields. */
export function readForm(form: HTMLFormElement): FormInputs {
  const values: Record<string, unknown> = {};
  const files: [string, File][] = [];
  const errors: Record<string, string> = {};
  for (const field of fieldsOf(form)) {
    const name = field.dataset['input'] ?? '';
    const isNeeded = field.dataset['needed'] !== undefined;
    const chosen = field instanceof HTMLInputElement && field.type === 'file' ? [...(field.files ?? [])] : undefined;
    if (chosen !== undefined) {
      for (const file of chosen) files.push([name, file]);
      if (isNeeded && chosen.length === 0) errors[name] = 'Choose a file.';
      continue;
    }
    if (field.value.trim() === '') {
      if (isNeeded) errors[name] = 'A value is required.';
      continue;
    }
    const read = readValue(field.dataset['as'] ?? 'text', field.value);
    if ('error' in read) errors[name] = read.error;
    else values[name] = read.value;
  }
  return { values, files, errors };
}

export function readJson(
  text: string,
): { readonly value: Readonly<Record<string, unknown>> } | { readonly error: string } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { value: { ...value } }
      : { error: 'Enter an object with a field for each input, such as { "question": "…" }.' };
  } catch (reason) {
    return { error: reason instanceof Error ? reason.message : 'This is not valid JSON.' };
  }
}

/** Writes inputs back into their fields; files are not changed. */
export function fillForm(form: HTMLFormElement, values: Readonly<Record<string, unknown>>): void {
  for (const field of fieldsOf(form)) {
    const name = field.dataset['input'] ?? '';
    if (field.dataset['as'] === 'file') continue;
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    field.value = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  }
}

function readValue(as: string, text: string): { readonly value: unknown } | { readonly error: string } {
  if (as === 'text') return { value: text };
  if (as === 'number') {
    const value = Number(text);
    return Number.isFinite(value) ? { value } : { error: 'Enter a number, such as 3 or 0.5.' };
  }
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { error: 'This is not valid JSON. Texts need quotes, such as ["one", "two"].' };
  }
}
