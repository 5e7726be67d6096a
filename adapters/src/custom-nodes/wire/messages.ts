import type { ErrorValue, Iteration, Label } from '@heddle/core';
import { z } from 'zod';

/** Marks an argument that cannot be serialised. The receiver creates a substitute for it. */
export const Hole = z.strictObject({
  /** The index of the argument; `member` is set if it is a member of that argument. */
  at: z.int().min(0).max(8),
  member: z.string().max(100).optional(),
  kind: z.enum(['signal', 'callback', 'iterable', 'resource']),
  id: z.int(),
});
export type Hole = z.infer<typeof Hole>;

/** A message to a process of custom nodes. */
export type ToNodes =
  /** Answered at once unless a node blocks the process. */
  | { readonly kind: 'ping' }
  | { readonly kind: 'describe'; readonly id: number }
  | {
      readonly kind: 'read';
      readonly id: number;
      readonly type: string;
      readonly config: unknown;
      readonly isParsed: boolean;
    }
  | {
      readonly kind: 'migrate';
      readonly id: number;
      readonly type: string;
      readonly config: unknown;
      readonly from: number;
    }
  | ({ readonly kind: 'run' } & RunRequest)
  | { readonly kind: 'cancel'; readonly run: string; readonly error: ErrorValue }
  /** The server has read this many deltas; as many more may be sent. */
  | { readonly kind: 'taken'; readonly run: string; readonly count: number }
  | {
      readonly kind: 'reply';
      readonly run: string;
      readonly call: number;
      readonly result: Result;
      readonly label: Label;
      readonly now: number;
    }
  /** Requests something of the node: the effect of a step, or the next value of an iterable that it passed. */
  | {
      readonly kind: 'effect';
      readonly run: string;
      readonly want: number;
      readonly step: number;
      readonly idempotencyKey: string;
    }
  | {
      readonly kind: 'next';
      readonly run: string;
      readonly want: number;
      readonly iterable: number;
      readonly isEnd: boolean;
    }
  | { readonly kind: 'callback'; readonly run: string; readonly callback: number; readonly args: readonly unknown[] };

export interface RunRequest {
  /** The id of the execution, chosen at random, so that no other execution can impersonate it. */
  readonly run: string;
  readonly type: string;
  readonly config: unknown;
  readonly isParsed: boolean;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Inputs that are streams; the node requests them piece by piece. */
  readonly streams: readonly string[];
  readonly facts: {
    readonly runId: string;
    readonly path: string;
    readonly attempt: number;
    readonly iteration: Iteration | undefined;
    readonly label: Label;
    readonly now: number;
  };
}

export type Result =
  | { readonly type: 'value'; readonly value: unknown }
  | { readonly type: 'iterable'; readonly id: number }
  | {
      readonly type: 'resource';
      readonly id: number;
      readonly facts: Readonly<Record<string, unknown>>;
      readonly methods: readonly string[];
    }
  | { readonly type: 'error'; readonly error: ErrorValue }
  | { readonly type: 'suspended' };

const Failure = z.object({
  code: z.string().max(100),
  message: z.string().max(20_000),
  retryable: z.boolean(),
  details: z.record(z.string(), z.unknown()).optional(),
});
const run = z.string().max(64);
const values = z.array(z.unknown()).max(8);

/** A message from a process of custom nodes. The values inside are checked where they are used. */
export const FromNodes = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('pong') }),
  z.strictObject({ kind: z.literal('answer'), id: z.int(), value: z.unknown().optional(), error: Failure.optional() }),
  z.strictObject({
    kind: z.literal('call'),
    run,
    call: z.int().positive(),
    method: z.string().max(40),
    args: values,
    holes: z.array(Hole).max(16),
  }),
  z.strictObject({ kind: z.literal('tell'), run, method: z.string().max(40), args: values }),
  z.strictObject({ kind: z.literal('delta'), run, port: z.string().max(64).optional(), delta: z.string() }),
  z.strictObject({
    kind: z.literal('given'),
    run,
    want: z.int(),
    value: z.unknown().optional(),
    isDone: z.boolean().optional(),
    error: Failure.optional(),
    isSuspended: z.boolean().optional(),
  }),
  z.strictObject({
    kind: z.literal('end'),
    run,
    value: z.unknown().optional(),
    error: Failure.optional(),
    isSuspended: z.boolean().optional(),
  }),
]);
export type FromNodes = z.infer<typeof FromNodes>;
