import {
  HeddleError,
  checkValue,
  convertValue,
  defaultLabel,
  issueInLists,
  scalarType,
  schemaOfType,
  type LabelledValue,
  type Plan,
  type Port,
  type PortTypeName,
} from '@heddle/core';
import type { z } from 'zod';

/**
 * Checks and converts the inputs of a run and fills in defaults. A host calls this before it accepts a run. Errors: `input_missing`,
 * `input_type`, `input_unknown`, each with `details.input`; `value_too_complex`.
 *
 * @example const inputs = parseRunInputs(plan.interface, { question: 'Why?' });
 */
export function parseRunInputs(
  planInterface: Plan['interface'],
  values: Readonly<Record<string, unknown>>,
): Record<string, LabelledValue> {
  const labelled: Record<string, LabelledValue> = {};
  for (const [name, value] of Object.entries(values))
    if (value !== undefined) labelled[name] = { value, label: defaultLabel };
  return resolveRunInputs(planInterface, labelled);
}

/** Does the same for values that already have labels. With `isPartial`, missing inputs stay missing (RunOptions `only` and `from`). */
export function resolveRunInputs(
  planInterface: Plan['interface'],
  values: Readonly<Record<string, LabelledValue>>,
  isPartial = false,
): Record<string, LabelledValue> {
  for (const name of Object.keys(values)) {
    if (Object.hasOwn(planInterface.inputs, name)) continue;
    const known = Object.keys(planInterface.inputs).join(', ');
    throw new HeddleError(
      'input_unknown',
      `The workflow has no input '${name}'. ${known === '' ? 'It takes none.' : `It takes ${known}.`}`,
      { details: { input: name } },
    );
  }
  const checked: Record<string, LabelledValue> = {};
  for (const [name, port] of Object.entries(planInterface.inputs)) {
    const given = Object.hasOwn(values, name) ? values[name] : undefined;
    if (given !== undefined && (given.value !== undefined || given.ref !== undefined)) {
      checked[name] =
        given.ref !== undefined && given.value === undefined
          ? given
          : { value: checkInput(name, port, given.value), label: given.label };
    } else if (port.default !== undefined) {
      checked[name] = { value: port.default, label: given?.label ?? defaultLabel };
    } else if (!port.isOptional && !isPartial) {
      throw new HeddleError('input_missing', `The input '${name}' is missing: give a value of type ${port.type}.`, {
        details: { input: name },
      });
    }
  }
  return checked;
}

function checkInput(name: string, port: Port, value: unknown): unknown {
  checkValue(value, `The input '${name}'`);
  const converted = convertInput(value, port.type);
  const typed = problemOf(schemaOfType(port.type), converted);
  if (typed !== undefined) {
    throw new HeddleError('input_type', `The input '${name}' must be of type ${port.type}: ${typed}.`, {
      details: { input: name, type: port.type },
    });
  }
  if (port.schema === undefined) return converted;
  const narrow = port.schema.safeParse(converted);
  if (narrow.success) return narrow.data;
  throw new HeddleError(
    'input_type',
    `The input '${name}' is not allowed: ${narrow.error.issues[0]?.message ?? 'it does not fit'}.`,
    { details: { input: name, type: port.type } },
  );
}

/** The first problem of a value; undefined if there is none. Lists, which may be very long, are checked entry by entry. */
function problemOf(schema: z.ZodType, value: unknown): string | undefined {
  const issue = issueInLists(schema, value) ?? schema.safeParse(value).error?.issues[0];
  return issue?.message;
}

/** Converts a value that does not fit its type, by the rules that apply to edges. */
function convertInput(value: unknown, type: PortTypeName): unknown {
  if (problemOf(schemaOfType(type), value) === undefined) return value;
  if (type.endsWith('[]')) {
    const base = scalarType(value);
    return base === undefined ? value : convertValue(value, base, type);
  }
  const from = scalarType(value);
  const isConvertible =
    (type === 'Messages' && from === 'Text') || (type === 'Text' && (from === 'Number' || from === 'Boolean'));
  return from !== undefined && isConvertible ? convertValue(value, from, type) : value;
}
