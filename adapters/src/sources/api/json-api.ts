import { HeddleError, type SafeRequest, type SafeResponse, type SourceRequest } from '@heddle/core';
import type { z } from 'zod';
import { retryAfterMs } from '../web/retry-after.js';

/** The HTTP API of a service, as a connector uses it. */
export interface JsonApi {
  /**
   * Requests a path of the server and checks the reply. Errors: those of `fetch`, `source_unauthorized`, `source_rate_limited`,
   * `source_unreachable`, and `source_failed` with the status in its details.
   */
  ask<Reply>(shape: z.ZodType<Reply>, path: string, body?: unknown): Promise<Reply>;
  /** Requests a page of a list whose reply names the next page in the header `Link` (RFC 8288). */
  askPage<Reply>(
    shape: z.ZodType<Reply>,
    path: string,
  ): Promise<{ readonly reply: Reply; readonly next?: string | undefined }>;
  /** Downloads a file. Errors: those of `ask`, and `fetch_too_large`. */
  load(path: string): Promise<Uint8Array>;
}

/** The address of an API, and how requests are made. */
export interface JsonApiOptions {
  /** The name of the service in errors. */
  readonly service: string;
  /** The address before all paths. */
  readonly server: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: the secret as a bearer token. `none`: `headers` contain the authorization. */
  readonly signIn?: SafeRequest['signIn'] | 'none';
  /**
   * How many milliseconds to wait after a refusal that is a rate limit; undefined if it is none. Replies with 429, or with 503 and
   * `Retry-After`, need no `waitOf`.
   */
  readonly waitOf?: (refusal: Refusal) => number | undefined;
}

/** A reply with an error. */
export interface Refusal {
  readonly status: number;
  readonly headers: SafeResponse['headers'];
  /** The first part of the body. */
  readonly text: string;
  readonly now: number;
}

const largestReply = 50_000_000;

/** Creates a client. @example const api = createJsonApi(request, { service: 'Notion', server: 'https://api.notion.com' }); */
export function createJsonApi(
  { fetch, secret, signal, now, maxBytes }: Pick<SourceRequest, 'fetch' | 'secret' | 'signal' | 'now' | 'maxBytes'>,
  { service, server, headers, waitOf, ...options }: JsonApiOptions,
): JsonApi {
  const bearer = secret && ({ secret: secret.handle, header: 'authorization', scheme: 'bearer' } as const);
  const signIn = options.signIn === 'none' ? undefined : (options.signIn ?? bearer);
  const send = async (path: string, given: Partial<SafeRequest>): Promise<SafeResponse> => {
    const url = `${server}${path}`;
    const reply = await fetch.fetch({ url, ...given, headers: { ...headers, ...given.headers }, signIn, signal });
    const { status } = reply;
    if (status < 300) return reply;
    const text = new TextDecoder().decode(reply.body.slice(0, 2_000));
    const asked = retryAfterMs(reply.headers, now());
    const isBusy = status === 429 || (status === 503 && asked !== undefined);
    const wait = waitOf?.({ status, headers: reply.headers, text, now: now() });
    if (isBusy || wait !== undefined) throw limited(service, wait ?? asked);
    throw refusal(service, path, status, text);
  };
  return {
    async ask(shape, path, body) {
      const given =
        body === undefined
          ? {}
          : ({ method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } as const);
      const reply = await send(path, { ...given, maxBytes: largestReply });
      return read(shape, reply.body, service, path);
    },
    async askPage(shape, path) {
      const reply = await send(path, { maxBytes: largestReply });
      return { reply: read(shape, reply.body, service, path), next: nextPage(reply, server) };
    },
    load: async (path) => (await send(path, { maxBytes })).body,
  };
}

/** The path of the next page. A page on another server is refused. */
function nextPage({ headers, url }: SafeResponse, server: string): string | undefined {
  const [, next] = /<([^>]+)>\s*;[^,]*\brel="?next"?/.exec(headers['link'] ?? '') ?? [];
  if (next === undefined || !URL.canParse(next, url)) return undefined;
  const { href } = new URL(next, url);
  if (href.startsWith(`${server}/`)) return href.slice(server.length);
  throw new HeddleError('source_failed', `A list continues on another server: '${href.slice(0, 200)}'.`);
}

const limited = (service: string, wait: number | undefined): HeddleError =>
  new HeddleError('source_rate_limited', `${service} asks Heddle to wait before the next request.`, {
    details: wait === undefined ? {} : { retryAfterMs: wait },
  });

function read<Reply>(shape: z.ZodType<Reply>, reply: Uint8Array, service: string, path: string): Reply {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(reply));
  } catch (cause) {
    throw new HeddleError('source_unreachable', `The reply of ${service} to '${shown(path)}' was cut off.`, { cause });
  }
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new HeddleError(
    'source_failed',
    `${service} answered '${shown(path)}' in an unexpected form (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}).`,
  );
}

function refusal(service: string, path: string, status: number, text: string): HeddleError {
  const said = text.replace(/\s+/g, ' ').slice(0, 300);
  if (status === 401 || status === 403)
    return new HeddleError(
      'source_unauthorized',
      `${service} refuses the sign-in for '${shown(path)}' (status ${status}: ${said}): set the secret of the source, or give it the right to read.`,
      { details: { status } },
    );
  if (status >= 500)
    return new HeddleError('source_unreachable', `${service} answered '${shown(path)}' with status ${status}.`);
  return new HeddleError('source_failed', `${service} refused '${shown(path)}' (status ${status}: ${said}).`, {
    details: { status },
  });
}

/** Whether the service has nothing at an address, or nothing that this account may see. */
export const isMissing = (error: unknown): boolean =>
  error instanceof HeddleError && (error.details?.['status'] === 404 || error.details?.['status'] === 410);

const shown = (path: string): string => path.slice(0, 200);
