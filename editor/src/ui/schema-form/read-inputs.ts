import { schemaOfType, type PortDescription } from '@heddle/core';

/** The values of a run form: one text per field; booleans as `true` and `false`. */
export type FormValues = Readonly<Record<string, string>>;

export type ReadInputs =
  | { readonly ok: true; readonly inputs: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly errors: Readonly<Record<string, string>> };

/** Converts the input to run inputs, or returns field errors. Empty optional fields are left out. */
export function readInputs(ports: readonly PortDescription[], values: FormValues): ReadInputs {
  const inputs: Record<string, unknown> = {};
  const errors: Record<string, string> = {};
  for (const port of ports) {
    const text = values[port.name] ?? '';
    if (text.trim() === '') {
      if (!port.isOptional && port.default === undefined) errors[port.name] = `${port.title ?? port.name} is required.`;
      continue;
    }
    const read = readValue(port, text);
    if (read.error === undefined) inputs[port.name] = read.value;
    else errors[port.name] = read.error;
  }
  return Object.keys(errors).length === 0 ? { ok: true, inputs } : { ok: false, errors };
}

interface Read {
  readonly value?: unknown;
  readonly error?: string;
}

function readValue(port: PortDescription, text: string): Read {
  switch (port.type) {
    case 'Text':
      return { value: text };
    case 'Number': {
      const value = Number(text);
      return Number.isFinite(value) ? { value } : { error: 'Enter a number, such as 3 or 0.5.' };
    }
    case 'Boolean':
      return { value: text === 'true' };
    case 'Messages':
      return text.trimStart().startsWith('[') ? readJson(port, text) : { value: [{ role: 'user', content: text }] };
    default:
      return readJson(port, text);
  }
}

function readJson(port: PortDescription, text: string): Read {
  try {
    const value: unknown = JSON.parse(text);
    const fits = schemaOfType(port.type).safeParse(value);
    return fits.success
      ? { value }
      : { error: `Not of type ${port.type}: ${fits.error.issues[0]?.message ?? 'unknown'}` };
  } catch {
    return { error: 'This is not valid JSON. Texts need quotes, such as ["one", "two"].' };
  }
}
