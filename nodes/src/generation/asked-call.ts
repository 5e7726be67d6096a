import { parseValue } from '@heddle/core';

/** A tool call by a model. */
export interface AskedCall {
  readonly id: string;
  readonly name: string;
  /** JSON text as the model wrote it. */
  readonly arguments: string;
}

/** A call with its arguments as JSON. Invalid JSON stays as text. */
export function readCall({ id, name, arguments: text }: AskedCall): { id: string; name: string; arguments: unknown } {
  try {
    return { id, name, arguments: parseValue(text === '' ? '{}' : text, 'A call') };
  } catch {
    return { id, name, arguments: text };
  }
}
