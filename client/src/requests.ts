import { errorOf, HeddleError } from './heddle-error.js';

export interface HeddleOptions {
  /** The address of the server, for example `https://heddle.example.com`. */
  readonly baseUrl: string;
  /** An API key, `hk_…`. */
  readonly apiKey?: string;
  /** The user of your program on whose behalf the calls are made. The key needs the right to speak for its users. */
  readonly endUser?: string;
  /** Replaces the global `fetch`. */
  readonly fetch?: typeof fetch;
  /** Most attempts of a call that may be repeated, including the first. Default 3. */
  readonly attempts?: number;
  /** Milliseconds for which a stream tries to reconnect. Default 60,000. */
  readonly reconnectMs?: number;
}

/** A request to the server. */
export interface Call {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
  /** Whether the request may be sent again if no reply came: it only reads, or it has an idempotency key. */
  readonly isRepeatable?: boolean;
}

/** The longest wait before a retry, in milliseconds. */
const longestWaitMs = 30_000;
/** Statuses after which a retry may succeed. */
const passing: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Sends requests with the key, retries those that may be repeated, and turns error replies into errors. */
export class Requests {
  readonly options: HeddleOptions;

  constructor(options: HeddleOptions) {
    if (!URL.canParse(options.baseUrl))
      throw new HeddleError('bad_request', `'${options.baseUrl}' is not an address: write https://… or http://…`, 0);
    this.options = { ...options, baseUrl: options.baseUrl.replace(/\/+$/, '') };
  }

  /** Sends a request and parses the JSON body of its reply. Errors: HeddleError. */
  async json<Body>(path: string, call: Call = {}): Promise<Body> {
    const response = await this.send(path, call);
    return (await response.json()) as Body; // the contract of the server
  }

  /** Sends a request and returns a successful reply. Errors: HeddleError; the signal's reason if it is aborted. */
  async send(path: string, call: Call = {}): Promise<Response> {
    const { attempts = 3 } = this.options;
    const { method = 'GET', isRepeatable = method === 'GET', signal } = call;
    for (let attempt = 1; ; attempt += 1) {
      signal?.throwIfAborted();
      const outcome = await this.once(path, call);
      if (outcome instanceof Response) return outcome;
      const { status, about } = outcome;
      const isPassing = status === 0 || passing.has(status);
      // A refused request was not carried out. A request without a reply may have been.
      if (attempt >= attempts || !isPassing || !(isRepeatable || status === 429)) throw outcome;
      await pause(waitOf(attempt, about.retryAfter), signal);
    }
  }

  private async once(
    path: string,
    { method = 'GET', body, headers = {}, signal }: Call,
  ): Promise<Response | HeddleError> {
    const { baseUrl, apiKey, endUser, fetch: send = fetch } = this.options;
    const isForm = body instanceof FormData;
    const all: Readonly<Record<string, string | undefined>> = {
      authorization: apiKey === undefined ? undefined : `Bearer ${apiKey}`,
      'heddle-end-user': endUser,
      'content-type': body === undefined || isForm ? undefined : 'application/json',
      ...headers,
    };
    const sent = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
    try {
      const response = await send(`${baseUrl}${path}`, {
        method,
        headers: sent,
        body: body === undefined || isForm ? (body ?? null) : JSON.stringify(body),
        signal: signal ?? null,
      });
      return response.ok ? response : await errorOf(response);
    } catch (cause) {
      signal?.throwIfAborted();
      const why = cause instanceof Error ? cause.message : String(cause);
      return new HeddleError('connection_lost', `${baseUrl} did not answer: ${why}`, 0, {}, { cause });
    }
  }
}

/** Milliseconds before a retry: what the server asks for, otherwise twice as long each time. */
export const waitOf = (attempt: number, retryAfter?: number): number =>
  Math.min(longestWaitMs, retryAfter === undefined ? 250 * 2 ** attempt * (0.5 + Math.random()) : retryAfter * 1_000);

/** Waits. Errors: the signal's reason. */
export function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** A path with a query string; undefined values are left out. */
export function withQuery(path: string, query: Readonly<Record<string, string | number | undefined>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value));
  const text = parameters.toString();
  return text === '' ? path : `${path}?${text}`;
}
