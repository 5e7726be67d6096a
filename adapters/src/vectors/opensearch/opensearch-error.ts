import { collectionNotFound, HeddleError } from '@heddle/core';
import { z } from 'zod';
import { serverUnreachable } from '../shared/server-unreachable.js';

interface Place {
  readonly host: string;
  readonly collection?: string;
}

const Fault = z.object({
  error: z.union([
    z.string().transform((reason) => ({ type: '', reason })),
    z.object({
      type: z.string().default(''),
      reason: z.string().nullish(),
      root_cause: z.array(z.object({ reason: z.string().nullish() })).default([]),
      caused_by: z.object({ reason: z.string().nullish() }).optional(),
    }),
  ]),
});

/** Parses the answer to a request. Errors: `vector_store_*`, `collection_not_found`, `storage_full`, `filter_invalid`. */
export function answered({ status, text }: { readonly status: number; readonly text: string }, place: Place): unknown {
  const parsed = parse(text);
  if (status >= 200 && status < 300 && parsed !== undefined) return parsed;
  throw faultOf(status, parsed, place);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Converts an error answer into an error. */
export function faultOf(status: number, body: unknown, { host, collection }: Place): HeddleError {
  const found = Fault.safeParse(body).data?.error;
  const type = found?.type ?? '';
  const cause = found !== undefined && 'root_cause' in found ? found.caused_by?.reason : undefined;
  const reason = [found?.reason, cause].filter(Boolean).join(': ').slice(0, 500);
  const details = { status, type, reason, collection };
  if (status === 401 || status === 403)
    return /block/.test(type)
      ? full(host, reason, details)
      : new HeddleError(
          'vector_store_unauthorized',
          `OpenSearch at ${host} refused the user: check OPENSEARCH_URL, and that the user may make indexes and aliases.`,
          { details },
        );
  if (type === 'index_not_found_exception' && collection !== undefined) return collectionNotFound(collection);
  if (/too_many_(nested_)?clauses/.test(`${type} ${reason}`) || /maxClauseCount|nested depth/i.test(reason))
    return new HeddleError(
      'filter_invalid',
      'The filter has more conditions than OpenSearch takes: use fewer, or "in" with a list of values.',
      { details },
    );
  if (/unknown type for field|No handler for type \[knn_vector\]|unknown query \[knn\]|knn_vector/.test(reason))
    return new HeddleError(
      'vector_store_failed',
      `OpenSearch at ${host} has no k-NN plugin (${reason}): install opensearch-knn there.`,
      { details },
    );
  if (found === undefined)
    return new HeddleError(
      'vector_store_failed',
      `The server at ${host} (status ${status}) does not answer like OpenSearch: check OPENSEARCH_URL.`,
      { details, retryable: status >= 500 || status === 429 },
    );
  return new HeddleError('vector_store_failed', `OpenSearch at ${host} answered with an error: ${reason || type}`, {
    details,
    retryable: status >= 500 || status === 429,
  });
}

const full = (host: string, reason: string, details: Readonly<Record<string, unknown>>): HeddleError =>
  new HeddleError('storage_full', `OpenSearch at ${host} accepts no writes (${reason}): free space on its disk.`, {
    details,
    retryable: true,
  });

/** The error for a request without an answer. */
export function unanswered(
  error: unknown,
  { host, isLate }: { readonly host: string; readonly isLate: boolean },
): HeddleError {
  if (error instanceof HeddleError) return error;
  return serverUnreachable(
    { server: 'OpenSearch', address: host, setting: 'OPENSEARCH_URL', isLate },
    { cause: error },
  );
}
