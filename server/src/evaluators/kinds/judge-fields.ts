import { textOf, type Judged, type NodeReference } from '@heddle/core';
import { z } from 'zod';

export const judgesField = z.array(z.string().min(1).max(256)).min(1).max(9).meta({
  title: 'Judges',
  description: 'Local models or models of connections. Several are a panel.',
  widget: 'models',
});

export const judgeTokens = z
  .int()
  .min(16)
  .max(16_000)
  .default(800)
  .meta({ title: 'Max tokens', description: 'Of one reply of a judge, with its reasons.' });

export const inputField = z
  .string()
  .max(200)
  .default('')
  .meta({ title: 'Question', description: 'The input with the question. Empty: the first one.' });

/** The question that the answer replies to, as text. */
export function questionOf({ subject }: Judged, name: string): string {
  const chosen = name === '' ? Object.keys(subject.inputs)[0] : name;
  const value = chosen !== undefined && Object.hasOwn(subject.inputs, chosen) ? subject.inputs[chosen] : undefined;
  return value === undefined ? '' : textOf(value);
}

/** References to a list of models. */
export const modelsOf = (field: string, ids: readonly string[]): readonly NodeReference[] =>
  ids.filter((id) => id !== '').map((id) => ({ kind: 'model', id, field }));
