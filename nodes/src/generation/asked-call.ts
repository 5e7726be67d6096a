import { parseValue } from '@heddle/core';

/** A call that a model asked for. */
export interface AskedCall {
  readonly id: string;
  readonly name: string;
  /** JSON text, as the model wrote it. */
  readonly arguments: string;
}

/** A call with its arguments as JSON; what is none stays the text that the model wrote. */
export function readCall({ id, name, arguments: text }: AskedCall): { id: string; name: string; arguments: unknown } {
  try {
    return { id, name, arguments: parseValue(text === '' ? '{}' : text, 'A call') };
  } catch {
    return { id, name, arguments: text };
  }
}
