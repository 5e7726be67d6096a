import { z } from 'zod';
import { ErrorValue } from '@heddle/core';

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
