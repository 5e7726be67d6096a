import { parseValue } from '@heddle/core';

/** A tool call that a model has requested. */
export interface RequestedCall {
  readonly id: string;
  readonly name: string;
  /** The JSON text as the model wrote it. */
  readonly arguments: string;
}

/** Parses the arguments of a call. Invalid JSON stays as text. */
export function readCall({ id, name, arguments: text }: RequestedCall): {
  id: string;
  name: string;
  arguments: unknown;
} {
  try {
    return { id, name, arguments: parseValue(text === '' ? '{}' : text, 'A call') };
  } catch {
    return { id, name, arguments: text };
  }
}
