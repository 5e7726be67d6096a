import { z } from 'zod';
import { withoutUndefined } from '../values/without-undefined.js';
import { errorCodes, isErrorCode, type ErrorCode } from './codes.js';

interface HeddleErrorOptions {
  readonly cause?: unknown;
  /** Overrides the `retryable` of the code. */
  readonly retryable?: boolean;
  /** Facts for programs: ids, limits, field names. Never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * The error class of Heddle: a stable code, a message that says what to do, and whether a retry may help.
 *
 * @example throw new HeddleError('collection_not_found', `Collection '${name}' does not exist: create it or run heddle ingest.`)
 */
export class HeddleError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ErrorCode, message: string, options: HeddleErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'HeddleError';
    this.code = code;
    this.retryable = options.retryable ?? errorCodes[code].retryable;
    this.details = options.details;
  }

  /** The HTTP status that fits the code. */
  get status(): number {
    return errorCodes[this.code].status;
  }
}

/** An error as data: the value of an `error` port, and the form in the journal and in events. */
export const ErrorValue = z
  .object({
    code: z.string(),
    message: z.string(),
    retryable: z.boolean(),
    details: z.record(z.string(), z.unknown()).optional(),
    /** The path of the execution that failed. */
    path: z.string().optional(),
  })
  .meta({ id: 'ErrorValue' });
export type ErrorValue = z.infer<typeof ErrorValue>;

/** Converts any thrown value into an ErrorValue. A value that is not a HeddleError gets the code `fallback`. */
export function toErrorValue(error: unknown, fallback: ErrorCode = 'node_failed', path?: string): ErrorValue {
  const known = toHeddleError(error, fallback);
  return withoutUndefined({
    code: known.code,
    message: known.message,
    retryable: known.retryable,
    details: known.details === undefined ? undefined : withoutUndefined(known.details),
    path,
  });
}

/** Converts any thrown value into a HeddleError; returns a HeddleError unchanged. */
export function toHeddleError(error: unknown, fallback: ErrorCode = 'internal'): HeddleError {
  if (error instanceof HeddleError) return error;
  if (error instanceof Error) return new HeddleError(fallback, error.message || error.name, { cause: error });
  return new HeddleError(fallback, String(error), { cause: error });
}

/** Restores a HeddleError from its data form, for example after it crosses a process border. */
export function fromErrorValue(value: ErrorValue): HeddleError {
  return new HeddleError(isErrorCode(value.code) ? value.code : 'internal', value.message, {
    retryable: value.retryable,
    details: value.details,
  });
}
