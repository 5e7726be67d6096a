import { isLoopback } from '../../http/host-check.js';

/** Schemes that a browser runs or reads itself, so a reply must not be redirected there. */
const refusedSchemes: ReadonlySet<string> = new Set([
  ...[
    'javascript:',
    'data:',
    'vbscript:',
    'file:',
    'blob:',
    'about:',
    'filesystem:',
    'view-source:',
    'ws:',
    'wss:',
    'ftp:',
  ],
]);

/** Whether a reply may be redirected to an address: https, http on the person's own machine, or the scheme of a program there. */
export function mayRedirectTo(address: string): boolean {
  if (address.length > 500 || address.includes('#') || !URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  if (username !== '' || password !== '') return false;
  if (protocol === 'https:') return true;
  return protocol === 'http:' ? isLoopback(hostname) : !refusedSchemes.has(protocol);
}

/**
 * Whether an address was registered. It must be the same, except that a program on the person's machine may listen on another port (RFC
 * 8252).
 */
export function isRegistered(address: string, registered: readonly string[]): boolean {
  if (registered.includes(address)) return true;
  if (!mayRedirectTo(address)) return false;
  const given = withoutPort(address);
  return given !== undefined && registered.some((one) => withoutPort(one) === given);
}

function withoutPort(address: string): string | undefined {
  const url = new URL(address);
  if (url.protocol !== 'http:' || !isLoopback(url.hostname)) return undefined;
  url.port = '';
  return url.href;
}

/** The part of a redirect address that is shown to the person. @example shownRedirect('http://127.0.0.1:9/cb') // '127.0.0.1' */
export function shownRedirect(address: string): string {
  const { protocol, host } = new URL(address);
  return protocol === 'http:' || protocol === 'https:' ? host : protocol;
}

/** Adds parameters to an address. */
export function withParameters(address: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const url = new URL(address);
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value);
  return url.href;
}
