import { HeddleError, type SafeRequest, type SourceRequest } from '@heddle/core';
import type { z } from 'zod';
import { askedToWait } from '../web/retry-after.js';

/** The API of a service, as its connector asks it. */
export interface JsonApi {
  /**
   * Asks for an address below the server and checks the reply. Errors: those of `fetch`, `source_unauthorized`, `source_rate_limited`,
   * `source_unreachable`, `source_failed`, which has the status in its details.
   */
  ask<Reply>(shape: z.ZodType<Reply>, path: string, body?: unknown): Promise<Reply>;
  /** A file; the same errors, and `fetch_too_large`. */
  load(path: string): Promise<Uint8Array>;
}

/** Where an API is and how it is asked. */
export interface JsonApiOptions {
  /** The name of the service, for errors. */
  readonly service: string;
  /** The address that paths are added to. */
  readonly server: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: the secret as a bearer token. */
  readonly signIn?: SafeRequest['signIn'];
  /** Whether a refusal asks to wait. Default: 429, and 503 with `Retry-After`. */
  readonly isLimit?: (status: number, headers: Readonly<Record<string, string>>, text: string) => boolean;
}

const largestReply = 50_000_000;

/** @example const api = createJsonApi(request, { service: 'Notion', server: 'https://api.notion.com' }); */
export function createJsonApi(
  { fetch, secret, signal, now, maxBytes }: Pick<SourceRequest, 'fetch' | 'secret' | 'signal' | 'now' | 'maxBytes'>,
  { service, server, headers, isLimit, ...options }: JsonApiOptions,
): JsonApi {
  const signIn =
    options.signIn ??
    (secret === undefined
      ? undefined
      : ({ secret: secret.handle, header: 'authorization', scheme: 'bearer' } as const));
  const send = async (path: string, given: Partial<SafeRequest>): Promise<Uint8Array> => {
    const url = `${server}${path}`;
    const reply = await fetch.fetch({ url, ...given, headers: { ...headers, ...given.headers }, signIn, signal });
    const { status } = reply;
    if (status < 300) return reply.body;
    const text = new TextDecoder().decode(reply.body.slice(0, 2_000));
    const asksToWait = status === 429 || (status === 503 && reply.headers['retry-after'] !== undefined);
    if (asksToWait || isLimit?.(status, reply.headers, text) === true) throw askedToWait(url, reply.headers, now());
    throw refusal(service, path, status, text);
  };
  return {
    async ask(shape, path, body) {
      const given =
        body === undefined
          ? {}
          : ({ method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } as const);
      const reply = await send(path, { ...given, maxBytes: largestReply });
      return read(shape, reply, service, path);
    },
    load: (path) => send(path, { maxBytes }),
  };
}

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
    `${service} answered '${shown(path)}' in another form than expected (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}).`,
  );
}

function refusal(service: string, path: string, status: number, text: string): HeddleError {
  const said = text.replace(/\s+/g, ' ').slice(0, 300);
  if (status === 401 || status === 403)
    return new HeddleError(
      'source_unauthorized',
      `${service} refuses the sign-in for '${shown(path)}' (status ${status}: ${said}): set the secret of the source, or give it the right to read.`,
    );
  if (status >= 500)
    return new HeddleError('source_unreachable', `${service} answered '${shown(path)}' with status ${status}.`);
  return new HeddleError('source_failed', `${service} refused '${shown(path)}' (status ${status}: ${said}).`, {
    details: { status },
  });
}

/** Whether the service has nothing at an address, or nothing that may be seen. */
export const isMissing = (error: unknown): boolean =>
  error instanceof HeddleError && (error.details?.['status'] === 404 || error.details?.['status'] === 410);

const shown = (path: string): string => path.slice(0, 200);
