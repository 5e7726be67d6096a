import { z } from 'zod';
import { HeddleError } from '@heddle/core';
import { serverUnreachable } from '../shared/server-unreachable.js';

/** An error answer, as the client throws it. */
const Answer = z.object({ status: z.number(), data: z.unknown() });

const Reason = z.union([
  z.object({ status: z.object({ error: z.string() }) }).transform(({ status }) => status.error),
  z.string().min(1),
]);

/** Converts what the client throws into a HeddleError that names the server and says what to do. */
export function toQdrantError(
  error: unknown,
  { url, collection }: { readonly url: string; readonly collection?: string },
): HeddleError {
  if (error instanceof HeddleError) return error;
  const answer = Answer.safeParse(error);
  if (!answer.success) return unanswered(error, url);
  const { status, data } = answer.data;
  const reason = Reason.safeParse(data).data ?? `status ${status}`;
  const details = { status, reason, collection };
  if (status === 401 || status === 403) {
    return new HeddleError(
      'vector_store_unauthorized',
      `Qdrant at ${url} refused the key (${reason}): set QDRANT_API_KEY to one that may read and write.`,
      { cause: error, details },
    );
  }
  if (status === 404 && collection !== undefined && /collection/i.test(reason)) {
    return new HeddleError(
      'collection_not_found',
      `Collection '${collection}' does not exist on Qdrant at ${url}: create it or run heddle ingest.`,
      { cause: error, details },
    );
  }
  return new HeddleError('vector_store_failed', `Qdrant at ${url} answered with an error: ${reason}`, {
    cause: error,
    details,
    retryable: status >= 500 || status === 429,
  });
}

function unanswered(error: unknown, url: string): HeddleError {
  const name = z.object({ name: z.string() }).safeParse(error).data?.name ?? '';
  if (name === 'QdrantClientResourceExhaustedError') {
    return new HeddleError(
      'vector_store_failed',
      `Qdrant at ${url} has too many requests to answer: try again later.`,
      { cause: error, retryable: true },
    );
  }
  if (name === 'QdrantClientUnexpectedResponseError' || name === 'SyntaxError') {
    return new HeddleError(
      'vector_store_failed',
      `The server at ${url} does not answer like Qdrant: check QDRANT_URL.`,
      { cause: error },
    );
  }
  const isLate = name === 'QdrantClientTimeoutError' || name === 'AbortError';
  return serverUnreachable({ server: 'Qdrant', address: url, setting: 'QDRANT_URL', isLate }, { cause: error });
}
