import { errorOf, HeddleError } from './heddle-error.js';

/** How a client reaches its server. */
export interface HeddleOptions {
  /** The address of the server, such as `https://heddle.example.com`. */
  readonly baseUrl: string;
  /** An API key, `hk_…`. */
  readonly apiKey?: string;
  /** The user of your program for whom the calls are. The key needs the right to speak for its users. */
  readonly endUser?: string;
  /** In place of the global `fetch`. */
  readonly fetch?: typeof fetch;
  /** How often a call is tried that may be repeated, all in all. Default 3. */
  readonly attempts?: number;
  /** Milliseconds for which a stream tries to connect again. Default 60,000. */
  readonly reconnectMs?: number;
}

/** A request to the server. */
export interface Call {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
  /** Whether it may be sent again where no reply came: it reads, or an idempotency key makes it one. */
  readonly isRepeatable?: boolean;
}

/** The longest wait before another try, in milliseconds. */
const longestWaitMs = 30_000;
/** Replies after which another try may succeed. */
const passing: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Sends requests with the key, tries those again that may be, and turns refusals into errors. */
export class Requests {
  readonly options: HeddleOptions;

  constructor(options: HeddleOptions) {
    if (!URL.canParse(options.baseUrl))
      throw new HeddleError('bad_request', `'${options.baseUrl}' is no address: write https://… or http://…`, 0);
    this.options = { ...options, baseUrl: options.baseUrl.replace(/\/+$/, '') };
  }

  /** The body of a reply as JSON. Errors: HeddleError. */
  async json<Body>(path: string, call: Call = {}): Promise<Body> {
    const response = await this.send(path, call);
    return (await response.json()) as Body; // the contract of the server
  }

  /** A reply that is no error. Errors: HeddleError; the reason of the signal where it is aborted. */
  async send(path: string, call: Call = {}): Promise<Response> {
    const { attempts = 3 } = this.options;
    const { method = 'GET', isRepeatable = method === 'GET', signal } = call;
    for (let attempt = 1; ; attempt += 1) {
      signal?.throwIfAborted();
      const outcome = await this.once(path, call);
      if (outcome instanceof Response) return outcome;
      const { status, about } = outcome;
      const isPassing = status === 0 || passing.has(status);
      // A refused request was not carried out. One without a reply may have been.
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

/** Milliseconds before another try: what the server asks for, or twice as long each time. */
export const waitOf = (attempt: number, retryAfter?: number): number =>
  Math.min(longestWaitMs, retryAfter === undefined ? 250 * 2 ** attempt * (0.5 + Math.random()) : retryAfter * 1_000);

/** Waits. Errors: the reason of the signal. */
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

/** A path with a query; what is undefined is left out. */
export function withQuery(path: string, query: Readonly<Record<string, string | number | undefined>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value));
  const text = parameters.toString();
  return text === '' ? path : `${path}?${text}`;
}
