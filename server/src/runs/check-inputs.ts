import { defaultLabel, HeddleError, schemaOfType, type ErrorCode, type LabelledValue, type PlanInterface, type Port } from '@heddle/core';

/**
 * Checks a run's inputs against what the workflow takes, fills in defaults and labels them. Errors: `input_unknown`,
 * `input_missing`, `input_empty`, `input_type`, `input_too_large`; `details.input` names it.
 */
export function checkInputs(inputs: Readonly<Record<string, unknown>>, face: PlanInterface, limits: { readonly maxBytes: number }): Record<string, LabelledValue> {
  const names = Object.keys(face.inputs);
  for (const name of Object.keys(inputs)) {
    if (!Object.hasOwn(face.inputs, name)) {
      throw refusal('input_unknown', name, `The workflow has no input '${name}': ${names.length === 0 ? 'it takes none' : `it takes ${names.join(', ')}`}.`);
    }
  }
  const checked: Record<string, LabelledValue> = {};
  for (const [name, port] of Object.entries(face.inputs)) {
    const given = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
    const value = given ?? port.default;
    if (value === undefined || value === null) {
      if (port.isOptional) continue;
      throw refusal('input_missing', name, `The input '${name}' (${port.type}) is missing.`);
    }
    checked[name] = { value: checkValue(name, value, port, limits.maxBytes), label: defaultLabel };
  }
  return checked;
}

function checkValue(name: string, value: unknown, port: Port, maxBytes: number): unknown {
  const parsed = schemaOfType(port.type).safeParse(value);
  if (!parsed.success) {
    throw refusal('input_type', name, `The input '${name}' must be of type ${port.type}: ${parsed.error.issues[0]?.message ?? 'it is not'}.`);
  }
  const size = typeof value === 'string' ? Buffer.byteLength(value) : Buffer.byteLength(JSON.stringify(value) ?? '');
  if (size > maxBytes) {
    throw refusal('input_too_large', name, `The input '${name}' has ${size} bytes; at most ${maxBytes} are allowed: put long texts into a file or a collection.`);
  }
  if (typeof value === 'string' && value.trim() === '' && !port.isOptional) {
    throw refusal('input_empty', name, `The input '${name}' is empty: write something.`);
  }
  const narrowed = port.schema?.safeParse(parsed.data);
  if (narrowed?.success === false) {
    const issue = narrowed.error.issues[0];
    const place = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
    throw refusal('input_type', name, `The input '${name}' is not valid${place}: ${issue?.message ?? 'unknown reason'}.`);
  }
  return narrowed === undefined ? parsed.data : narrowed.data;
}

function refusal(code: ErrorCode, input: string, message: string): HeddleError {
  return new HeddleError(code, message, { details: { input } });
}
