import { collectionNotFound, HeddleError } from '@heddle/core';
import { z } from 'zod';

/** Where a request went. */
interface PineconePlace {
  readonly host: string;
  readonly collection?: string | undefined;
}

/** The two APIs report errors in different formats. */
const Fault = z.union([
  z.object({ error: z.object({ code: z.string().default(''), message: z.string().default('') }) }),
  z
    .object({ message: z.string(), code: z.union([z.number(), z.string()]).default('') })
    .transform(({ message, code }) => ({ error: { code: String(code), message } })),
]);

/**
 * Parses the answer to a request; undefined if it has no body. Errors: `vector_store_*`, `collection_not_found`, `filter_invalid`,
 * `storage_full`.
 */
export function answered(
  { status, text }: { readonly status: number; readonly text: string },
  place: PineconePlace,
): unknown {
  const isDone = status >= 200 && status < 300;
  if (isDone && text === '') return undefined;
  const parsed = parse(text);
  if (isDone && parsed !== undefined) return parsed;
  throw faultOf(status, Fault.safeParse(parsed).data?.error ?? plain(status, text), place);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Some refusals are plain text. */
const plain = (status: number, text: string): { readonly code: string; readonly message: string } | undefined =>
  status >= 400 && text !== '' && text.length < 500 && !text.startsWith('<') ? { code: '', message: text } : undefined;

function faultOf(
  status: number,
  fault: { readonly code: string; readonly message: string } | undefined,
  { host, collection }: PineconePlace,
): HeddleError {
  const reason = (fault?.message ?? '').slice(0, 500);
  const details = { status, code: fault?.code, reason, collection };
  const retryable = status >= 500 || status === 429;
  const failed = (text: string): HeddleError => new HeddleError('vector_store_failed', text, { details, retryable });
  if (status === 401 || status === 403)
    return /deletion protection|quota|limit/i.test(reason)
      ? failed(`Pinecone refused a change (${reason}): raise the limit or switch the protection off there.`)
      : new HeddleError(
          'vector_store_unauthorized',
          'Pinecone refused the key: check PINECONE_API_KEY, and that it may read, write, make and delete in its project.',
          { details },
        );
  if (fault === undefined)
    return failed(`The server at ${host} (status ${status}) does not answer like Pinecone: check PINECONE_URL.`);
  if (status === 404 && collection !== undefined && /namespace/i.test(reason)) return collectionNotFound(collection);
  if (status === 402 || /QUOTA_EXCEEDED|storage limit/i.test(`${fault.code} ${reason}`))
    return new HeddleError(
      'storage_full',
      `The Pinecone project is at its limit (${reason}): delete indexes or collections there, or change its plan.`,
      { details, retryable: true },
    );
  if (status === 400 && /filter/i.test(reason))
    return new HeddleError(
      'filter_invalid',
      `Pinecone refused the filter (${reason}): use fewer conditions, or keep the collection in another store.`,
      { details },
    );
  if (status === 429)
    return failed(
      `Pinecone received too many requests from this project (${reason}): try again later, or change its plan.`,
    );
  return failed(`Pinecone at ${host} answered with an error: ${reason}`);
}

/** The error for a request without an answer. */
export function unanswered(
  error: unknown,
  { host, isLate }: { readonly host: string; readonly isLate: boolean },
): HeddleError {
  if (error instanceof HeddleError) return error;
  return new HeddleError(
    'vector_store_unreachable',
    isLate
      ? `Pinecone at ${host} did not answer in time: try again later.`
      : `Pinecone at ${host} cannot be reached: check the network, and PINECONE_URL.`,
    { cause: error },
  );
}
