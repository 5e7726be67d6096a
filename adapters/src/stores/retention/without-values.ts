import { isPlainObject } from '@heddle/core';

/** The fields of a record or an acceptance with labelled values by port. */
const portFields = ['outputs', 'inputs'] as const;

/**
 * Removes what people and models wrote from a stored record or acceptance: values, previews, answers, pins, details. Ports, labels, sizes,
 * times and errors stay, as evidence that the run took place.
 */
export function withoutValues(stored: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept: Record<string, unknown> = { ...stored };
  for (const field of portFields) {
    const ports = kept[field];
    if (isPlainObject(ports))
      kept[field] = Object.fromEntries(Object.entries(ports).map(([port, value]) => [port, withoutValue(value)]));
  }
  if ('value' in kept) {
    const value = withoutValue(kept['value']);
    if (value === undefined) delete kept['value'];
    else kept['value'] = value;
  }
  const { options, question } = kept;
  if (isPlainObject(options) && 'pins' in options) kept['options'] = { ...options, pins: {} };
  if (isPlainObject(question)) {
    const { body: _body, details: _details, ...rest } = question;
    kept['question'] = rest;
  }
  delete kept['details'];
  delete kept['asked'];
  return kept;
}

/** The part of a labelled value that stays; undefined for a plain value. */
function withoutValue(value: unknown): unknown {
  if (!isPlainObject(value) || !('label' in value)) return undefined;
  return { label: value['label'], ...(typeof value['size'] === 'number' ? { size: value['size'] } : {}) };
}
