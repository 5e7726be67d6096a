import type { RunAcceptance, TraceContext } from '@heddle/core';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { hash } from 'node:crypto';
import { principalOf } from '../auth/caller.js';

/** `version-traceId-spanId-flags`; later versions may say more behind it. */
const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;
const isZero = (id: string): boolean => /^0+$/.test(id);

/**
 * The place in a trace that a header of W3C Trace Context names. What is not valid is as if it were not there, as the specification has
 * it: undefined. Its flags count for nothing: which runs are told is the operator's to say, not their callers'.
 *
 * @example parseTraceparent('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01')
 */
export function parseTraceparent(header: unknown): TraceContext | undefined {
  const [, version, traceId = '', spanId = '', more] =
    typeof header === 'string' ? (form.exec(header.trim()) ?? []) : [];
  const isOdd = version === undefined || version === 'ff' || (version === '00' && more !== undefined);
  if (isOdd || isZero(traceId) || isZero(spanId)) return undefined;
  return { traceId, spanId };
}

/**
 * The same of a sender whom the server does not know, such as who signed a webhook or opened a link: it may name a trace, and join none.
 *
 * @example runs.start({ …, trace: linkedTrace(headers['traceparent']) })
 */
export function linkedTrace(header: unknown): TraceContext | undefined {
  const named = parseTraceparent(header);
  return named === undefined ? undefined : { ...named, isLink: true };
}

/**
 * The trace that a request is a part of, where its header says so and the server knows who asks; else one to link to.
 *
 * @example start(@Trace() trace: TraceContext | undefined) { … }
 */
export const Trace = createParamDecorator((_data: unknown, context: ExecutionContext): TraceContext | undefined => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return (isKnown(request) ? parseTraceparent : linkedTrace)(request.headers['traceparent']);
});

function isKnown(request: object): boolean {
  const kind = principalOf(request)?.kind;
  return kind !== undefined && kind !== 'share' && kind !== 'anonymous';
}

/** A run as far as its trace goes. */
export type TracedAcceptance = Pick<RunAcceptance, 'runId' | 'trace'>;

/** Ids of the spans of a run. They follow from the run's, so that no state is kept and a run that is told twice is one trace. */
export const spanIds = {
  trace: ({ runId, trace }: TracedAcceptance): string => joined(trace)?.traceId ?? idOf(16, runId),
  run: (runId: string): string => idOf(8, runId, 'run'),
  of: (runId: string, ...parts: readonly unknown[]): string => idOf(8, runId, ...parts),
  node: (runId: string, path: string, attempt: number): string => idOf(8, runId, 'node', path, attempt),
};

/** The trace of its caller that a run is a part of. */
export const joined = (trace: TraceContext | undefined): TraceContext | undefined =>
  trace?.isLink === true ? undefined : trace;

/** The header that tells another service of a span of a run. It is told to the collector, so that it is sampled. */
export function traceparentOf(run: TracedAcceptance, spanId: string): string {
  return `00-${spanIds.trace(run)}-${spanId}-01`;
}

function idOf(bytes: number, ...parts: readonly unknown[]): string {
  return hash('sha256', JSON.stringify(parts)).slice(0, bytes * 2);
}
