import { collectionNotFound, HeddleError, toHeddleError } from '@heddle/core';
import { z } from 'zod';

/** An error of the server or of the network, as the client throws it. */
const Thrown = z.object({ code: z.string(), message: z.string().default('') });

/** Converts what the client throws into a HeddleError that names the server and says what to do. */
export function toPostgresError(
  error: unknown,
  { host, collection }: { readonly host: string; readonly collection?: string },
): HeddleError {
  if (error instanceof HeddleError) return error;
  const thrown = Thrown.safeParse(error);
  const message = error instanceof Error ? error.message : String(error);
  if (!thrown.success || !/^[0-9A-Z]{5}$/.test(thrown.data.code)) return unanswered(error, host, message);
  const { code } = thrown.data;
  const details = { code, reason: message, collection };
  if (code === '42P01' && collection !== undefined) return collectionNotFound(collection);
  if (/^28|^42501/.test(code))
    return new HeddleError(
      'vector_store_unauthorized',
      `Postgres at ${host} refused the user (${message}): check PGVECTOR_URL, and that the user may create tables.`,
      { cause: error, details },
    );
  if (message.includes('"vector"') && /^(?:0A|42|58)/.test(code))
    return new HeddleError(
      'vector_store_failed',
      `Postgres at ${host} has no pgvector (${message}): install it there, and run CREATE EXTENSION vector in the database.`,
      { cause: error, details },
    );
  if (code === '57014')
    return new HeddleError('vector_store_failed', `Postgres at ${host} took too long: try again, or ask for less.`, {
      ...{ cause: error, details, retryable: true },
    });
  if (code === '53100')
    return new HeddleError('storage_full', `The disk of Postgres at ${host} is full: free space there.`, {
      ...{ cause: error, details, retryable: true },
    });
  return new HeddleError('vector_store_failed', `Postgres at ${host} answered with an error: ${message}`, {
    ...{ cause: error, details, retryable: isPassing(code) },
  });
}

/** Connection, transaction conflict, lack of resources, shutdown: another try may succeed. */
const isPassing = (code: string): boolean => /^(?:08|40|53|57|58)/.test(code);

function unanswered(error: unknown, host: string, message: string): HeddleError {
  if (error instanceof TypeError || error instanceof RangeError) return toHeddleError(error);
  return new HeddleError(
    'vector_store_unreachable',
    `Postgres at ${host} cannot be reached (${message.slice(0, 200)}): check that it runs, and PGVECTOR_URL.`,
    { cause: error },
  );
}
