import type { RunAcceptance, TraceContext } from '@heddle/core';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { hash } from 'node:crypto';
import { principalOf } from '../auth/caller.js';

/** `version-traceId-spanId-flags`; later versions may append more. */
const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;
const isZero = (id: string): boolean => /^0+$/.test(id);

/**
 * The span of a W3C Trace Context header. An invalid header is undefined, as the specification says. Its flags are ignored: the operator
 * decides which runs are exported, not their callers.
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
 * The same for an unknown sender, such as the sender of a webhook or the user of a link: the run links to the trace and is not part of
 * it.
 *
 * @example runs.start({ …, trace: linkedTrace(headers['traceparent']) })
 */
export function linkedTrace(header: unknown): TraceContext | undefined {
  const named = parseTraceparent(header);
  return named === undefined ? undefined : { ...named, isLink: true };
}

/**
 * The trace of a request, if its header names one: the run is part of it for a known caller, and links to it for others.
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

/** The part of a run that its trace needs. */
export type TracedAcceptance = Pick<RunAcceptance, 'runId' | 'trace'>;

/**
 * Ids of the spans of a run. They follow from the run's id, so no state is stored, and a run that is exported twice has the same trace.
 */
export const spanIds = {
  trace: ({ runId, trace }: TracedAcceptance): string => joined(trace)?.traceId ?? idOf(16, runId),
  run: (runId: string): string => idOf(8, runId, 'run'),
  of: (runId: string, ...parts: readonly unknown[]): string => idOf(8, runId, ...parts),
  node: (runId: string, path: string, attempt: number): string => idOf(8, runId, 'node', path, attempt),
};

/** The trace of the caller, if the run is part of it. */
export const joined = (trace: TraceContext | undefined): TraceContext | undefined =>
  trace?.isLink === true ? undefined : trace;

/** The header that names a span of a run to another service. It is marked as sampled, because the collector gets the span. */
export function traceparentOf(run: TracedAcceptance, spanId: string): string {
  return `00-${spanIds.trace(run)}-${spanId}-01`;
}

function idOf(bytes: number, ...parts: readonly unknown[]): string {
  return hash('sha256', JSON.stringify(parts)).slice(0, bytes * 2);
}
