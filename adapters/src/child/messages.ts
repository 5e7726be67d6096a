import { z } from 'zod';
import { ErrorValue, isPlainObject } from '@heddle/core';

/** A message from a parent to a child that serves calls. */
export const ToChild = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('call'), id: z.int(), method: z.string(), payload: z.unknown() }),
  z.object({ kind: z.literal('cancel'), id: z.int() }),
]);
export type ToChild = z.infer<typeof ToChild>;

/** A message from a child that serves calls to its parent. Each call gets any number of events, then one result or error. */
export const FromChild = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('event'), id: z.int(), event: z.unknown() }),
  z.object({ kind: z.literal('result'), id: z.int(), value: z.unknown() }),
  z.object({ kind: z.literal('error'), id: z.int(), error: ErrorValue }),
  z.object({ kind: z.literal('notice'), value: z.unknown() }),
]);
export type FromChild = z.infer<typeof FromChild>;

/** Reads a message from the parent. Calls are read without the schema, because a caller waits for the first reply. */
export function readToChild(raw: unknown): ToChild {
  if (isPlainObject(raw)) {
    const { kind, id, method, payload } = raw;
    if (kind === 'call' && typeof id === 'number' && typeof method === 'string') return { kind, id, method, payload };
  }
  return ToChild.parse(raw);
}

/** Reads a message from the child. Events are read without the schema, because most messages are events. */
export function readFromChild(raw: unknown): FromChild {
  if (isPlainObject(raw)) {
    const { kind, id, event } = raw;
    if (kind === 'event' && typeof id === 'number') return { kind, id, event };
  }
  return FromChild.parse(raw);
}
