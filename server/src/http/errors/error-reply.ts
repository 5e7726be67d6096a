import { errorCodes, HeddleError, renamedPath, toHeddleError, type ErrorCode } from '@heddle/core';
import { z } from 'zod';
import { sendJson } from '../bodies/parse-bodies.js';

/** The body of an error under /api. */
interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly details?: unknown };
}

/** Error codes for errors of Nest, Fastify and their plug-ins, by status. */
const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  409: 'conflict',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  428: 'precondition_required',
  429: 'too_many_requests',
};

/** Error codes for codes of Fastify and its plug-ins that are more precise than the status. */
const codeOfFastify: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'bad_json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'bad_json',
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
};

/**
 * Replaces Fastify's messages about sizes, which name neither the limit nor a remedy. Nest passes on only the message, without the code.
 */
const messageFor: Readonly<Record<string, string>> = {
  'request body is too large':
    'The body of the request is larger than HEDDLE_BODY_LIMIT allows: send files as parts of multipart/form-data, or upload them with POST /api/files and name them.',
  'unsupported media type': sendJson,
};

/** Nest's message for an address without a route. */
const noRoute = /^Cannot (\w+ \/.*)$/;

/** The error for a request (`METHOD PATH`) that no route accepts: `not_found`, or `renamed` for a path of the last release. */
export function nothingAt(request: string): HeddleError {
  const shown = request.slice(0, 200);
  const [method, path = ''] = shown.split(' ');
  const renamed = renamedPath(path);
  return renamed === undefined
    ? new HeddleError('not_found', `There is nothing at ${shown}: GET /api/openapi.json lists all paths.`)
    : new HeddleError('renamed', `${path} has a new name: use ${method} ${renamed}.`, { details: { path: renamed } });
}

/** The multipart parser's message for an invalid body; it has no code. */
const brokenMultipart =
  /^(?:Multipart: Boundary not found|Unexpected end of (?:multipart data|form|file)|Part terminated early|Malformed (?:part header|content type))/;

/** Converts anything that a request throws into a HeddleError. An unexpected error becomes `internal`, without its message. */
export function toRequestError(error: unknown): HeddleError {
  if (error instanceof HeddleError) return error;
  if (error instanceof z.ZodError) return invalid(error.issues);
  const { code, status, message: said } = partsOf(error);
  const message = messageFor[said?.toLowerCase() ?? ''] ?? said;
  const known = code === undefined ? undefined : codeOfFastify[code];
  if (code === 'FST_ERR_BAD_URL')
    return new HeddleError(
      'bad_request',
      'The address cannot be decoded: write a percent sign as %25, and text as UTF-8.',
    );
  if (known !== undefined) return new HeddleError(known, message ?? errorCodes[known].title);
  if (message !== undefined && brokenMultipart.test(message))
    return new HeddleError('bad_request', `The multipart body cannot be read: ${message}.`, { cause: error });
  const missed = status === 404 ? noRoute.exec(said ?? '')?.[1] : undefined;
  if (missed !== undefined) return nothingAt(missed);
  const byStatus = status === undefined || status >= 500 ? undefined : (codeOfStatus[status] ?? 'bad_request');
  if (byStatus !== undefined) return new HeddleError(byStatus, message ?? errorCodes[byStatus].title, { cause: error });
  return new HeddleError('internal', 'An internal error occurred; the log has the details.', { cause: error });
}

/** How many issues a reply lists. It also says how many more there are. */
const maxIssues = 20;
/** The longest text of an issue, and the longest path, in characters. */
const maxTextLength = 500;

/** The error for a request that does not fit its schema, with the first issues. */
export function invalid(
  issues: readonly {
    readonly path?: readonly unknown[] | undefined;
    readonly message: string;
    /** Whether the message names the field. */
    readonly namesField?: boolean;
  }[],
): HeddleError {
  const listed = issues.slice(0, maxIssues).map((issue) => ({
    field: (issue.path ?? []).map(nameOf).join('.').slice(0, maxTextLength),
    message: issue.message.slice(0, maxTextLength),
  }));
  const first = listed[0];
  const text =
    first === undefined
      ? 'unknown reason'
      : `${first.field === '' || issues[0]?.namesField === true ? '' : `${first.field}: `}${first.message}`;
  const more = issues.length - listed.length;
  const others = more > 0 ? ` (with ${listed.length - 1} other problems named in the details, and ${more} more)` : '';
  return new HeddleError('bad_request', `The request is not valid: ${text.replace(/\.$/, '')}${others}.`, {
    details: { issues: listed, ...(more > 0 ? { more } : {}) },
  });
}

/** The JSON body for a HeddleError. */
export function errorBody(error: unknown): ErrorBody {
  const known = toHeddleError(error);
  return {
    error: {
      code: known.code,
      message: known.message,
      details: known.details,
    },
  };
}

/** How many seconds to wait before a retry, if the error says so. */
export function retryAfterOf(error: HeddleError): number | undefined {
  const seconds = error.details?.['retryAfterSeconds'];
  return typeof seconds === 'number' ? seconds : error.status === 503 ? 5 : undefined;
}

function nameOf(segment: unknown): string {
  return typeof segment === 'object' && segment !== null && 'key' in segment ? String(segment.key) : String(segment);
}

function partsOf(error: unknown): {
  readonly code?: string | undefined;
  readonly status?: number | undefined;
  readonly message?: string | undefined;
} {
  if (typeof error !== 'object' || error === null) return {};
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const message = 'message' in error && typeof error.message === 'string' ? error.message : undefined;
  const status = 'statusCode' in error ? error.statusCode : 'status' in error ? error.status : undefined;
  return { code, message, status: typeof status === 'number' ? status : undefined };
}
