import { collectionNotFound, HeddleError } from '@heddle/core';
import { z } from 'zod';
import { serverUnreachable } from '../shared/server-unreachable.js';

interface Place {
  readonly host: string;
  readonly collection?: string | undefined;
}

/** The server reports errors in one of three formats. */
const Fault = z.union([
  z.object({ error: z.array(z.object({ message: z.string().default('') })).min(1) }),
  z.object({ error: z.string() }).transform(({ error }) => ({ error: [{ message: error }] })),
  z.object({ message: z.string() }).transform(({ message }) => ({ error: [{ message }] })),
]);

/**
 * Parses the answer to a request; undefined if it has no body. Errors: `vector_store_*`, `collection_not_found`, `storage_full`,
 * `filter_invalid`.
 */
export function answered({ status, text }: { readonly status: number; readonly text: string }, place: Place): unknown {
  const isDone = status >= 200 && status < 300;
  if (isDone && text === '') return undefined;
  const parsed = parse(text);
  if (isDone && parsed !== undefined) return parsed;
  const fault = Fault.safeParse(parsed);
  throw faultOf(status, fault.data?.error.map(({ message }) => message).join(': '), place);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const GraphAnswer = z.object({
  data: z.unknown(),
  errors: z.array(z.object({ message: z.string() })).nullish(),
});

/**
 * Parses the answer to a GraphQL query. If the server does not know the query's classes yet, the result says that the query may be
 * repeated.
 */
export function graphAnswered(
  answer: unknown,
  place: Place,
  mayWait: boolean,
): { readonly data: unknown; readonly isEarly: boolean } {
  const { data, errors } = GraphAnswer.safeParse(answer).data ?? { data: undefined, errors: undefined };
  if (data === undefined || data === null || (errors ?? []).length > 0) {
    const message = (errors ?? []).map((one) => one.message).join(': ');
    if (mayWait && unknownClass.test(message)) return { data: undefined, isEarly: true };
    throw faultOf(200, message === '' ? undefined : message, place);
  }
  return { data, isEarly: false };
}

/** The server rebuilds its GraphQL schema after a class was created; before the first class it has no `Get`. */
const unknownClass = /Cannot query field "\w+" on type|no graphql provider/i;

/** Converts an error answer into an error. An answer without a message is not from Weaviate. */
export function faultOf(status: number, message: string | undefined, { host, collection }: Place): HeddleError {
  const reason = (message ?? '').slice(0, 500);
  const details = { status, reason, collection };
  const retryable = status >= 500 || status === 429;
  if (status === 401 || status === 403)
    return new HeddleError(
      'vector_store_unauthorized',
      `Weaviate at ${host} refused the key: check WEAVIATE_API_KEY, and that it may read all collections, and make, change and delete those of Heddle.`,
      { details },
    );
  if (message === undefined)
    return new HeddleError(
      'vector_store_failed',
      `The server at ${host} (status ${status}) does not answer like Weaviate: check WEAVIATE_URL.`,
      { details, retryable },
    );
  if (collection !== undefined && /tenant not found|could not find class|class .*not found/i.test(reason))
    return collectionNotFound(collection);
  if (/read-only|disk usage|no space left/i.test(reason))
    return new HeddleError(
      'storage_full',
      `Weaviate at ${host} accepts no writes (${reason}): free space on its disk.`,
      {
        details,
        retryable: true,
      },
    );
  if (/graphql api is disabled/i.test(reason))
    return new HeddleError(
      'vector_store_failed',
      `Weaviate at ${host} does not answer GraphQL: start it without DISABLE_GRAPHQL.`,
      { details },
    );
  return new HeddleError('vector_store_failed', `Weaviate at ${host} answered with an error: ${reason}`, {
    details,
    retryable,
  });
}

/** The error for a request without an answer. */
export function unanswered(
  error: unknown,
  { host, isLate }: { readonly host: string; readonly isLate: boolean },
): HeddleError {
  if (error instanceof HeddleError) return error;
  return serverUnreachable({ server: 'Weaviate', address: host, setting: 'WEAVIATE_URL', isLate }, { cause: error });
}
