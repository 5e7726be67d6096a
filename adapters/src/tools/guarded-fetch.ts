import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { HeddleError } from '@heddle/core';
import type { FetchLike } from '@modelcontextprotocol/client';
import { checkUrl, type AllowedHost } from '../fetch/check-url.js';
import { resolveTarget, systemResolve } from '../fetch/resolve-host.js';
import { sendRequest } from '../fetch/send-request.js';
import type { lostCodes } from './lost-reply.js';

interface GuardedFetchOptions {
  /** The address of the server. Redirects to other addresses are not followed. */
  readonly url: string;
  readonly allowedHosts: readonly AllowedHost[];
  /** The most bytes of a reply, or of one event in a stream that stays open. */
  readonly maxBytes: number;
  /** Called for a request whose reply is incomplete. */
  readonly onLost: (id: string | number, why: keyof typeof lostCodes) => void;
}

const headEvents = /(?:^|\n)id:/;
/** How long to wait after the end of a stream, because its last bytes are still being read. */
const afterLastMs = 50;

/**
 * Creates a fetch for one server. The server's address is checked as written, as resolved, and as connected: it must not be private unless
 * an administrator allowed the host. Only requests to its own origin are permitted, and the size of replies is limited while they are read.
 */
export function createGuardedFetch({ url, allowedHosts, maxBytes, onLost }: GuardedFetchOptions): FetchLike {
  const { origin } = new URL(url);
  return async (address, init = {}) => {
    const target = checkUrl(String(address), allowedHosts);
    if (target.url.origin !== origin)
      throw new HeddleError(
        'fetch_blocked',
        `The tool server refers to an address outside of ${origin}: register that address.`,
      );
    const addresses = await resolveTarget(target, systemResolve);
    const signal = init.signal ?? new AbortController().signal;
    const body = typeof init.body === 'string' ? init.body : undefined;
    const message = await sendRequest(target, addresses, {
      method: init.method ?? 'GET',
      headers: Object.fromEntries(new Headers(init.headers).entries()),
      body,
      signal,
    });
    return replyOf(message, maxBytes, idOf(body), onLost);
  };
}

function replyOf(
  message: IncomingMessage,
  maxBytes: number,
  id: string | number | undefined,
  onLost: GuardedFetchOptions['onLost'],
): Response {
  const status = message.statusCode ?? 502;
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  if (status === 204 || status === 205 || status === 304) {
    message.resume();
    return new Response(null, { status, headers });
  }
  const isEvents = (headers.get('content-type') ?? '').includes('text/event-stream');
  const lost = (why: keyof typeof lostCodes): void => {
    if (id !== undefined) onLost(id, why);
  };
  const bounded = Readable.from(
    isEvents ? boundEvents(message, maxBytes, id === undefined, lost) : boundWhole(message, maxBytes),
    { objectMode: false },
  );
  bounded.once('close', () => message.destroy());
  // Node's web stream is the one that Response accepts; only the names of the types differ.
  return new Response(Readable.toWeb(bounded) as ReadableStream<Uint8Array<ArrayBuffer>>, { status, headers });
}

async function* boundWhole(message: IncomingMessage, maxBytes: number): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    yield chunk;
  }
}

/** Limits the size of a stream: in total for a single reply, or by event for a stream that stays open. */
async function* boundEvents(
  message: IncomingMessage,
  maxBytes: number,
  isOpen: boolean,
  lost: (why: keyof typeof lostCodes) => void,
): AsyncGenerator<Buffer> {
  let size = 0;
  let isResumable = false;
  try {
    for await (const chunk of message as AsyncIterable<Buffer>) {
      const text = chunk.toString('latin1');
      isResumable ||= headEvents.test(text);
      const end = isOpen ? Math.max(text.lastIndexOf('\n\n'), text.lastIndexOf('\r\n\r\n')) : -1;
      size = end < 0 ? size + chunk.length : chunk.length - end;
      if (size > maxBytes) {
        lost('large');
        throw tooLarge(maxBytes);
      }
      yield chunk;
    }
  } finally {
    // The transport resumes a stream whose events have ids. Any other stream cannot be continued.
    if (!isResumable) setTimeout(() => lost('cut'), afterLastMs).unref();
  }
}

function idOf(body: string | undefined): string | number | undefined {
  if (body === undefined) return undefined;
  const message: unknown = JSON.parse(body);
  const id: unknown =
    typeof message === 'object' && message !== null && 'method' in message ? Reflect.get(message, 'id') : undefined;
  return typeof id === 'number' || typeof id === 'string' ? id : undefined;
}

const tooLarge = (maxBytes: number): HeddleError =>
  new HeddleError('tool_result_too_large', `The reply of the tool server is larger than ${maxBytes} bytes.`);
