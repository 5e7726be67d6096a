import { withoutUndefined } from '@heddle/core';
import type { Span, SpanAttributes } from './spans-of-run.js';

const kinds: Readonly<Record<Span['kind'], number>> = { internal: 1, server: 2, client: 3 };
const errorStatus = 2;

/**
 * Writes spans as a request of the OpenTelemetry protocol (OTLP) over HTTP in JSON
 * (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): ids in hex, 64-bit numbers as text.
 */
export function otlpJson(spans: readonly Span[], resource: SpanAttributes): object {
  return {
    resourceSpans: [
      {
        resource: { attributes: attributesOf(resource) },
        scopeSpans: [{ scope: { name: 'heddle' }, spans: spans.map(spanOf) }],
      },
    ],
  };
}

function spanOf({ traceId, spanId, parentSpanId, name, kind, start, end, attributes, links, error }: Span): object {
  return {
    traceId,
    spanId,
    parentSpanId,
    name,
    kind: kinds[kind],
    startTimeUnixNano: nanosOf(start),
    endTimeUnixNano: nanosOf(Math.max(start, end)),
    attributes: attributesOf(error === undefined ? attributes : { ...attributes, 'error.type': error }),
    links,
    status: error === undefined ? {} : { code: errorStatus, message: error },
  };
}

const nanosOf = (milliseconds: number): string => `${Math.round(milliseconds)}000000`;

function attributesOf(attributes: SpanAttributes): object[] {
  return Object.entries(withoutUndefined(attributes)).map(([key, value]) => ({ key, value: valueOf(value) }));
}

function valueOf(value: Exclude<SpanAttributes[string], undefined>): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { arrayValue: { values: value.map((stringValue) => ({ stringValue })) } };
}
