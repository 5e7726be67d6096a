import type { Histogram, Registry } from 'prom-client';
import type { PromClient } from './run-figures.js';

export interface AnsweredRequest {
  readonly method: string;
  /** The pattern of the matching route, such as `/api/runs/:id`; undefined if none matched. */
  readonly route: string | undefined;
  readonly status: number;
  readonly seconds: number;
}

export type RequestFigures = Histogram<'method' | 'route' | 'status'>;

/** In seconds. */
const requestBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Makes the histogram of requests. */
export function createRequestFigures({ Histogram: HistogramOf }: PromClient, registry: Registry): RequestFigures {
  return new HistogramOf({
    name: 'heddle_http_request_duration_seconds',
    help: 'Requests by route, from their arrival to the end of the answer; a stream counts when it ends.',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: requestBuckets,
    registers: [registry],
  });
}

/** Counts an answered request. */
export function countRequest(
  figures: RequestFigures,
  { method, route = 'none', status, seconds }: AnsweredRequest,
): void {
  figures.observe({ method, route, status: String(status) }, seconds);
}
