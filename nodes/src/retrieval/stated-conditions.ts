import { toHeddleError, type Filter, type HeddleError } from '@heddle/core';
import { z } from 'zod';
import { readJson } from '../generation/read-json.js';

/** A metadata field that a question may name. */
interface QueryField {
  readonly name: string;
  readonly type: 'text' | 'number' | 'date' | 'boolean';
  /** The possible values; an empty list allows any value. */
  readonly values: readonly string[];
}

const mostConditions = 8;
const comparisons = ['eq', 'gt', 'gte', 'lt', 'lte'] as const;

const StatedCondition = z.object({
  field: z.string(),
  op: z.enum(comparisons),
  value: z.union([z.string(), z.number(), z.boolean()]),
});
type StatedCondition = z.infer<typeof StatedCondition>;

/** The reply of a model: the rest of the question, and its conditions, each still unchecked. */
const Reply = z.object({ query: z.string(), conditions: z.array(z.unknown()) });

/** Parses a reply; returns the problem if it cannot be read. */
export function readReply(text: string): z.infer<typeof Reply> | HeddleError {
  try {
    return Reply.parse(readJson(text, { type: 'object' }, false));
  } catch (error) {
    return toHeddleError(error);
  }
}

/** The JSON schema of the reply, for models that support structured output. */
export const schemaFor = (fields: readonly QueryField[]) => ({
  type: 'object',
  properties: {
    query: { type: 'string', maxLength: 1_000 },
    conditions: {
      type: 'array',
      maxItems: mostConditions,
      items: {
        type: 'object',
        properties: {
          field: { enum: fields.map(({ name }) => name) },
          op: { enum: [...comparisons] },
          value: { anyOf: [{ type: 'string', maxLength: 200 }, { type: 'number' }, { type: 'boolean' }] },
        },
        required: ['field', 'op', 'value'],
        additionalProperties: false,
      },
    },
  },
  required: ['query', 'conditions'],
  additionalProperties: false,
});

type Scalar = string | number | boolean;
interface Refused {
  readonly condition: unknown;
  readonly reason: string;
}

type Checked = { readonly value: Scalar } | { readonly reason: string };

/**
 * Builds a filter from the conditions that fit the fields; the other conditions are returned with a reason. Several values for one field
 * are alternatives.
 */
export function filterOf(
  conditions: readonly unknown[],
  fields: readonly QueryField[],
): {
  readonly filter: Filter | undefined;
  readonly refused: readonly Refused[];
} {
  const equal = new Map<string, Set<Scalar>>();
  const filters: Filter[] = [];
  const refused: Refused[] = [];
  for (const stated of conditions.slice(0, mostConditions)) {
    const parsed = StatedCondition.safeParse(stated);
    if (!parsed.success) {
      refused.push({ condition: stated, reason: 'Its field, comparison or value cannot be read.' });
      continue;
    }
    const condition = parsed.data;
    const checked = checkCondition(condition, fields);
    if ('reason' in checked) refused.push({ condition, reason: checked.reason });
    else if (condition.op === 'eq')
      equal.set(condition.field, (equal.get(condition.field) ?? new Set()).add(checked.value));
    else if (typeof checked.value !== 'boolean')
      filters.push({ op: condition.op, field: condition.field, value: checked.value });
  }
  for (const [field, values] of equal) {
    const [first, ...others] = values;
    if (first !== undefined)
      filters.push(others.length === 0 ? { op: 'eq', field, value: first } : { op: 'in', field, value: [...values] });
  }
  const [only, ...more] = filters;
  return { filter: more.length === 0 ? only : { op: 'and', filters }, refused };
}

function checkCondition({ field: name, op, value }: StatedCondition, fields: readonly QueryField[]): Checked {
  const field = fields.find((known) => known.name === name);
  if (field === undefined) return { reason: `'${name}' is not one of the fields.` };
  if (op !== 'eq' && field.type !== 'number' && field.type !== 'date')
    return { reason: `'${name}' has no order, so '${op}' does not fit.` };
  const typed = checkers[field.type](value);
  if (typed === undefined) return { reason: `'${name}' is a ${field.type}, and the value is not.` };
  if (field.values.length === 0 || op !== 'eq') return { value: typed };
  const known = field.values.find((one) => one.toLowerCase() === String(typed).toLowerCase());
  if (known === undefined) return { reason: `'${name}' has no such value.` };
  return { value: typeof typed === 'string' ? known : typed };
}

const checkers: Readonly<Record<QueryField['type'], (value: Scalar) => Scalar | undefined>> = {
  text: (value) => (typeof value === 'boolean' || String(value).trim() === '' ? undefined : String(value).trim()),
  number: (value) => {
    const number = typeof value === 'boolean' || value === '' ? Number.NaN : Number(value);
    return Number.isFinite(number) ? number : undefined;
  },
  date: (value) => (/^\d{4}(?:-\d{2}(?:-\d{2})?)?$/.test(String(value)) ? String(value) : undefined),
  boolean: (value) => ({ true: true, false: false })[String(value).toLowerCase()],
};
