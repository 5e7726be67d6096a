import { ErrorReply, fromErrorValue, HeddleError } from '@heddle/core';
import { createApiClient, type ApiClient } from '@heddle/core/api-client';

interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** Sends requests to one server. Errors keep the code of the reply. */
export interface Caller {
  /** Sends a request; throws the error of the reply. */
  readonly request: (method: string, path: string, parts?: RequestOptions) => Promise<Response>;
  readonly api: ApiClient;
}

/** The API of a data folder. Commands behave the same and fail with the same codes, whether a server runs or not. */
export interface Client extends Caller {
  /** The address of the server; undefined if this process answers. */
  readonly address: string | undefined;
  close(): Promise<void>;
}

/** Creates a caller for a server. `send` replaces the network if the server runs in this process. */
export function createCaller(
  address: string,
  token?: string,
  send: (address: string, init: RequestInit) => Promise<Response> = fetch,
): Caller {
  const request: Caller['request'] = async (method, path, { headers = {}, body } = {}) => {
    const init = {
      method,
      headers: token === undefined ? headers : { ...headers, authorization: `Bearer ${token}` },
      body,
      duplex: body instanceof ReadableStream ? ('half' as const) : undefined,
    };
    const response = await send(`${address}${path}`, init).catch((cause: unknown) => {
      throw new HeddleError(
        'resource_unavailable',
        `The Heddle server at ${address} does not answer: is it stopping? Try again.`,
        { cause, retryable: true },
      );
    });
    if (response.ok) return response;
    throw await errorOf(response);
  };
  const api = createApiClient(
    ({ url, method, headers, body }) =>
      request(method, url, { headers, body: body === undefined ? undefined : JSON.stringify(body) }),
    (path) => new HeddleError('internal', `The server answered ${path} with something that is not JSON.`),
  );
  return { request, api };
}

async function errorOf(response: Response): Promise<HeddleError> {
  const text = await response.text();
  try {
    const { error } = ErrorReply.parse(JSON.parse(text));
    const details =
      typeof error.details === 'object' && error.details !== null ? { details: { ...error.details } } : {};
    return fromErrorValue({ code: error.code, message: error.message, retryable: false, ...details });
  } catch {
    return new HeddleError('internal', `The server answered with status ${response.status}: ${text.slice(0, 200)}`);
  }
}
