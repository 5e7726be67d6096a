import type { TraceContext } from '@heddle/core';
import type { FastifyRequest } from 'fastify';
import { endUserOf } from '../../auth/end-user.js';
import { parseTraceparent } from '../../tracing/trace-context.js';

/** Facts of a request besides its body. */
export interface Asked {
  readonly trace: TraceContext | undefined;
  /** The end user of a key. */
  readonly onBehalfOf: string | undefined;
}

/** The facts of a request whose key was checked before. */
export const askedOf = ({ headers }: FastifyRequest): Asked => ({
  trace: parseTraceparent(headers['traceparent']),
  onBehalfOf: endUserOf(headers),
});
