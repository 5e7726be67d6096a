import { collectionNotFound, HeddleError, toHeddleError } from '@heddle/core';
import { faultOf, isProgramFault } from '../../postgres/fault.js';

/** Converts what the client throws into a HeddleError that names the server and says what to do. */
export function toPostgresError(
  error: unknown,
  { host, collection }: { readonly host: string; readonly collection?: string },
): HeddleError {
  if (error instanceof HeddleError) return error;
  if (isProgramFault(error)) return toHeddleError(error);
  const { kind, code, message, isPassing } = faultOf(error);
  const options = { cause: error, details: { code, reason: message, collection } };
  if (code === undefined)
    return new HeddleError(
      'vector_store_unreachable',
      `Postgres at ${host} cannot be reached (${message}): check that it runs, and PGVECTOR_URL.`,
      { cause: error },
    );
  if (code === '42P01' && collection !== undefined) return collectionNotFound(collection);
  if (kind === 'refused')
    return new HeddleError(
      'vector_store_unauthorized',
      `Postgres at ${host} refused the user (${message}): check PGVECTOR_URL, and that the user may create tables.`,
      options,
    );
  if (message.includes('"vector"') && /^(?:0A|42|58)/.test(code))
    return new HeddleError(
      'vector_store_failed',
      `Postgres at ${host} has no pgvector (${message}): install it there, and run CREATE EXTENSION vector in the database.`,
      options,
    );
  if (kind === 'slow')
    return new HeddleError('vector_store_failed', `Postgres at ${host} took too long: try again, or ask for less.`, {
      ...options,
      retryable: true,
    });
  if (kind === 'full')
    return new HeddleError('storage_full', `The disk of Postgres at ${host} is full: free space there.`, {
      ...options,
      retryable: true,
    });
  return new HeddleError('vector_store_failed', `Postgres at ${host} answered with an error: ${message}`, {
    ...options,
    retryable: isPassing,
  });
}
