import type { RunAcceptance, TraceContext } from '@heddle/core';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { hash } from 'node:crypto';
import { principalOf } from '../auth/caller.js';

/** `version-traceId-spanId-flags`; later versions may append more. */
const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;
const isZero = (id: string): boolean => /^0+$/.test(id);

/**
 * Parses the span of a W3C Trace Context header. For an invalid header it returns undefined, as the specification says. It ignores the
 * flags, because the operator decides which runs are exported, not their callers.
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
 * Parses the header of an unknown sender, such as the sender of a webhook or the user of a link. The run only links to that trace and is
 * not part of it.
 *
 * @example runs.start({ …, trace: linkedTrace(headers['traceparent']) })
 */
export function linkedTrace(header: unknown): TraceContext | undefined {
  const named = parseTraceparent(header);
  return named === undefined ? undefined : { ...named, isLink: true };
}

/**
 * Injects the trace of a request, if a header names one. For a known caller, the run is part of the trace; for others, it links to it.
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

/** The members of an acceptance that determine the trace of the run. */
export type TracedAcceptance = Pick<RunAcceptance, 'runId' | 'trace'>;

/** Derives the ids of spans from the id of the run. No state is stored, and a run that is exported twice has the same trace. */
export const spanIds = {
  trace: ({ runId, trace }: TracedAcceptance): string => joined(trace)?.traceId ?? idOf(16, runId),
  run: (runId: string): string => idOf(8, runId, 'run'),
  of: (runId: string, ...parts: readonly unknown[]): string => idOf(8, runId, ...parts),
  node: (runId: string, path: string, attempt: number): string => idOf(8, runId, 'node', path, attempt),
};

/** Gives the trace of the caller if the run is part of it. */
export const joined = (trace: TraceContext | undefined): TraceContext | undefined =>
  trace?.isLink === true ? undefined : trace;

/** Writes the header that names a span of a run to another service. The span is marked as sampled, because the collector gets it. */
export function traceparentOf(run: TracedAcceptance, spanId: string): string {
  return `00-${spanIds.trace(run)}-${spanId}-01`;
}

function idOf(bytes: number, ...parts: readonly unknown[]): string {
  return hash('sha256', JSON.stringify(parts)).slice(0, bytes * 2);
}
