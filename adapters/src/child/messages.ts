import { z } from 'zod';
import { ErrorValue, isPlainObject } from '@heddle/core';

/** What a parent sends to a child that serves calls. */
export const ToChild = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('call'), id: z.int(), method: z.string(), payload: z.unknown() }),
  z.object({ kind: z.literal('cancel'), id: z.int() }),
]);
export type ToChild = z.infer<typeof ToChild>;

/** What a child that serves calls sends to its parent. Each call gets any number of events and one result or error. */
export const FromChild = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('event'), id: z.int(), event: z.unknown() }),
  z.object({ kind: z.literal('result'), id: z.int(), value: z.unknown() }),
  z.object({ kind: z.literal('error'), id: z.int(), error: ErrorValue }),
  z.object({ kind: z.literal('notice'), value: z.unknown() }),
]);
export type FromChild = z.infer<typeof FromChild>;

/** Reads what a parent sent. A call is read without the schema, because a caller waits for its first answer. */
export function readToChild(raw: unknown): ToChild {
  if (isPlainObject(raw)) {
    const { kind, id, method, payload } = raw;
    if (kind === 'call' && typeof id === 'number' && typeof method === 'string') return { kind, id, method, payload };
  }
  return ToChild.parse(raw);
}

/** Reads what a child sent; an event, which is most of what comes, without the schema. */
export function readFromChild(raw: unknown): FromChild {
  if (isPlainObject(raw)) {
    const { kind, id, event } = raw;
    if (kind === 'event' && typeof id === 'number') return { kind, id, event };
  }
  return FromChild.parse(raw);
}
