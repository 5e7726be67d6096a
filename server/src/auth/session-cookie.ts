import type { IncomingHttpHeaders } from 'node:http';

/** Over TLS the browser itself keeps the cookie to this host and to TLS; loopback has no TLS and no such name. */
const secureName = '__Host-heddle';
const plainName = 'heddle';

/** The session token of a request, and whether it came in the cookie of TLS. */
export function readSessionCookie(
  headers: IncomingHttpHeaders,
): { readonly token: string; readonly isSecure: boolean } | undefined {
  let plain: string | undefined;
  for (const part of (headers.cookie ?? '').split(';')) {
    const [name, value] = part.trim().split('=');
    if (value === undefined || !/^hs_[\w-]{43}$/.test(value)) continue;
    if (name === secureName) return { token: value, isSecure: true };
    if (name === plainName) plain = value;
  }
  return plain === undefined ? undefined : { token: plain, isSecure: false };
}

/** The header that sets the cookie; without a token it takes the cookie back. */
export function sessionCookie(token: string | undefined, isSecure: boolean, maxAgeSeconds: number): string {
  const name = isSecure ? secureName : plainName;
  const age = token === undefined ? 0 : maxAgeSeconds;
  return `${name}=${token ?? ''}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${age}${isSecure ? '; Secure' : ''}`;
}

/** Whether a browser reached us over TLS, by the page that it sent the request from (checked against Host before). */
export function isOverTls(headers: IncomingHttpHeaders): boolean {
  return headers.origin?.startsWith('https://') ?? false;
}
