import { isPlainObject } from '@heddle/core';

/** Fields of a record or an acceptance that hold labelled values by port. */
const portFields = ['outputs', 'inputs'] as const;

/**
 * A stored record or acceptance without what people and models wrote: values, previews, answers, pins, details. Ports,
 * labels, sizes, times and errors stay: they show that the run took place.
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

/** What stays of a labelled value; undefined for a plain one. */
function withoutValue(value: unknown): unknown {
  if (!isPlainObject(value) || !('label' in value)) return undefined;
  return { label: value['label'], ...(typeof value['size'] === 'number' ? { size: value['size'] } : {}) };
}
