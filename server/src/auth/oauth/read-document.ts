import { HeddleError } from '@heddle/core';

/**
 * Reads a document at an address that anybody may have chosen. The address is checked as written, as resolved and when connecting; no
 * redirect is followed. Errors: `fetch_blocked`, `fetch_failed`, and those of the fetch.
 */
export async function readDocument(
  allowedHosts: readonly string[],
  url: string,
  limits: { readonly maxBytes: number; readonly timeoutMs: number },
): Promise<string> {
  const { createSafeFetch } = await import('@heddle/adapters/fetch');
  const reply = await createSafeFetch({ allowedHosts, maxRedirects: 0 }).fetch({
    url,
    method: 'GET',
    headers: { accept: 'application/json' },
    ...limits,
  });
  if (reply.status !== 200) throw new HeddleError('fetch_failed', `'${url.slice(0, 200)}' answers ${reply.status}.`);
  return typeof reply.body === 'string' ? reply.body : Buffer.from(reply.body).toString('utf8');
}
