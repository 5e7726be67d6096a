import type { IncomingHttpHeaders } from 'node:http';

/** Over TLS the `__Host-` prefix binds the cookie to this host and to TLS. Loopback has no TLS and needs another name. */
const secureName = '__Host-heddle';
const plainName = 'heddle';

/** The session token of a request, and whether it came in the cookie for TLS. */
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

/** The header that sets the cookie; without a token it removes the cookie. */
export function sessionCookie(token: string | undefined, isSecure: boolean, maxAgeSeconds: number): string {
  const name = isSecure ? secureName : plainName;
  const age = token === undefined ? 0 : maxAgeSeconds;
  return `${name}=${token ?? ''}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${age}${isSecure ? '; Secure' : ''}`;
}

/** Whether the browser uses TLS, by the origin of the page (checked against Host before). */
export function isOverTls(headers: IncomingHttpHeaders): boolean {
  return headers.origin?.startsWith('https://') ?? false;
}
