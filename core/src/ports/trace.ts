import { z } from 'zod';

/** Where in whose trace a run was asked for, as the caller's `traceparent` says it (https://www.w3.org/TR/trace-context/). */
export const TraceContext = z.object({
  /** 32 hex digits. */
  traceId: z.string(),
  /** The span that asked: 16 hex digits. */
  spanId: z.string(),
  /** Whether the caller records the trace. */
  isSampled: z.boolean(),
});
export type TraceContext = z.infer<typeof TraceContext>;

/** The `traceparent` that a call to an address carries; undefined where the address is told of no traces. */
export type TraceparentFor = (address: string) => string | undefined;
