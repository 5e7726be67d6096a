import { collectionNotFound, HeddleError } from '@heddle/core';
import { z } from 'zod';
import { serverUnreachable } from '../shared/server-unreachable.js';

interface Place {
  readonly host: string;
  readonly collection?: string | undefined;
}

/** The status of an answer: `code` in new servers, `error_code` in old ones. */
export const StatusOf = z.object({
  error_code: z.number().default(0),
  code: z.number().default(0),
  reason: z.string().default(''),
  retriable: z.boolean().default(false),
});
type Status = z.infer<typeof StatusOf>;

/** The error numbers of Milvus 2.3 and newer. Errors of older servers are recognised by their text. */
const codes = { memory: 3, disk: 4, busy: 8, quota: 9, collection: 100, loaded: 101, field: 1100 } as const;

/** Converts the status of a failed call into an error. */
export function faultOf(
  { code, error_code, reason: text, retriable }: Status,
  { host, collection }: Place,
): HeddleError {
  const reason = text.slice(0, 500);
  const details = { code, errorCode: error_code, reason, collection };
  if (/auth check failure|unauthenticated|authentication|invalid (user|token|password)|permission den/i.test(reason))
    return refused(host, details);
  if (
    code === codes.collection ||
    /collection not found|can't find collection|collection .*does not exist/i.test(reason)
  )
    return collection === undefined
      ? new HeddleError(
          'vector_store_failed',
          `Milvus at ${host} lacks a collection of Heddle (${reason}): try again.`,
          { details, retryable: true },
        )
      : collectionNotFound(collection);
  if (/disk quota|memory quota|memory limit|no space left|quota exceeded/i.test(reason) || code === codes.quota)
    return new HeddleError('storage_full', `Milvus at ${host} accepts no writes (${reason}): free space there.`, {
      details,
      retryable: true,
    });
  if (/expression|expr\b|parse(r)? plan|filter/i.test(reason) && collection !== undefined)
    return new HeddleError(
      'filter_invalid',
      `Milvus refused the filter (${reason}): use fewer conditions, or keep the collection in another store.`,
      { details },
    );
  return new HeddleError(
    'vector_store_failed',
    `Milvus at ${host} answered with an error: ${reason || `code ${code}`}`,
    { details, retryable: retriable || code === codes.busy || code === codes.memory || code === codes.loaded },
  );
}

const refused = (host: string, details: Readonly<Record<string, unknown>>): HeddleError =>
  new HeddleError(
    'vector_store_unauthorized',
    `Milvus at ${host} refused the token: check MILVUS_TOKEN, and that its user may make, load, read, write and drop collections.`,
    { details },
  );

const numberIn = (error: unknown, name: 'code' | 'errorCode'): unknown =>
  error instanceof HeddleError ? error.details?.[name] : undefined;

/** Whether the server has too many requests. */
export const isBusy = (error: unknown): boolean => numberIn(error, 'code') === codes.busy;

/** Whether the collection is not in the server's memory: the server restarted, or someone released the collection. */
export const isNotLoaded = (error: unknown): boolean =>
  error instanceof HeddleError &&
  (numberIn(error, 'code') === codes.loaded || /not (been )?(fully )?loaded/i.test(String(error.details?.['reason'])));

/** Whether the name is already taken. */
export const isNameTaken = (error: unknown): boolean =>
  error instanceof HeddleError &&
  /already exist|file exists|duplicate collection|duplicated? index/i.test(String(error.details?.['reason']));

/** Whether the server has no collection of that name. */
export const isMissing = (error: unknown): boolean =>
  error instanceof HeddleError &&
  (error.code === 'collection_not_found' || numberIn(error, 'code') === codes.collection);

const Fault = z.object({ code: z.number(), details: z.string().default('') });
/** Status codes of gRPC. */
const grpc = { late: 4, denied: 7, exhausted: 8, unimplemented: 12, unavailable: 14, unauthenticated: 16 } as const;

/** The error for a call that Milvus did not answer. */
export function unanswered(error: unknown, { host, collection }: Place): HeddleError {
  if (error instanceof HeddleError) return error;
  const { code, details: said } = Fault.safeParse(error).data ?? { code: -1, details: String(error) };
  const reason = said.slice(0, 300);
  const details = { grpc: code, reason, collection };
  const unreachable = (isLate: boolean): HeddleError =>
    serverUnreachable({ server: 'Milvus', address: host, setting: 'MILVUS_URL', isLate }, { cause: error, details });
  if (code === grpc.denied || code === grpc.unauthenticated) return refused(host, details);
  if (code === grpc.late) return unreachable(true);
  if (/certificate|self.signed|TLS|SSL/i.test(reason))
    return new HeddleError(
      'vector_store_unreachable',
      `Milvus at ${host} cannot be reached over TLS (${reason}): check MILVUS_URL, and NODE_EXTRA_CA_CERTS for a certificate of your own.`,
      { cause: error, details },
    );
  if (code === grpc.unavailable) return unreachable(false);
  if (code === grpc.exhausted)
    return new HeddleError(
      'vector_store_failed',
      `Milvus at ${host} accepts no more requests now (${reason}): try again later.`,
      {
        cause: error,
        details,
        retryable: true,
      },
    );
  return new HeddleError(
    'vector_store_failed',
    `The server at ${host} does not answer like Milvus (${reason}): check MILVUS_URL, which needs the gRPC port.`,
    { cause: error, details },
  );
}
