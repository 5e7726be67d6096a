import type { TraceContext } from '@heddle/core';
import type { FastifyRequest } from 'fastify';
import { endUserGroupsOf, endUserOf } from '../../auth/end-user.js';
import { parseTraceparent } from '../../tracing/trace-context.js';

/** Facts of a request besides its body. */
export interface CallerFacts {
  readonly trace: TraceContext | undefined;
  /** The end user that the caller's key names. */
  readonly onBehalfOf: string | undefined;
  /** The groups of the end user, as the key states them. */
  readonly endUserGroups?: readonly string[] | undefined;
}

/** Reads the facts of a request whose key was checked before. */
export const callerFactsOf = ({ headers }: FastifyRequest): CallerFacts => ({
  trace: parseTraceparent(headers['traceparent']),
  onBehalfOf: endUserOf(headers),
  endUserGroups: endUserGroupsOf(headers),
});
