import { Citation } from '@heddle/core';
import { z } from 'zod';

const Citations = z.array(Citation).min(1);

/** The citations among the outputs of a run, recognised by their values; undefined if there are none. */
export function citationsOf(
  outputs: Readonly<Record<string, unknown>>,
): { readonly name: string; readonly list: readonly Citation[] } | undefined {
  for (const [name, value] of Object.entries(outputs)) {
    const parsed = Citations.safeParse(value);
    if (parsed.success) return { name, list: parsed.data };
  }
  return undefined;
}
