import { z } from 'zod';

/** The trace of the caller, from its `traceparent` header (https://www.w3.org/TR/trace-context/). */
export const TraceContext = z.object({
  /** 32 hex digits. */
  traceId: z.string(),
  /** The span of the caller: 16 hex digits. */
  spanId: z.string(),
  /** Set if the server does not know the caller: the run then has its own trace with a link to this span. */
  isLink: z.boolean().optional(),
});
export type TraceContext = z.infer<typeof TraceContext>;

/** Returns the `traceparent` header for a call to an address; undefined if no trace is sent there. */
export type TraceparentFor = (address: string) => string | undefined;
