import { z } from 'zod';

/** Where in whose trace a run was asked for, as the caller's `traceparent` says it (https://www.w3.org/TR/trace-context/). */
export const TraceContext = z.object({
  /** 32 hex digits. */
  traceId: z.string(),
  /** The span that asked: 16 hex digits. */
  spanId: z.string(),
  /** Asked for by somebody whom the server does not know: the run has a trace of its own, with a link to this span. */
  isLink: z.boolean().optional(),
});
export type TraceContext = z.infer<typeof TraceContext>;

/** The `traceparent` that a call to an address carries; undefined where the address is told of no traces. */
export type TraceparentFor = (address: string) => string | undefined;
