import { isLoopback } from '../../http/host-check.js';

/** Schemes that a browser runs or reads itself: an answer must not go there. */
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

/** Whether an answer may go to an address: https, http on the person's own machine, or the scheme of a program there. */
export function mayRedirectTo(address: string): boolean {
  if (address.length > 500 || address.includes('#') || !URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  if (username !== '' || password !== '') return false;
  if (protocol === 'https:') return true;
  return protocol === 'http:' ? isLoopback(hostname) : !refusedSchemes.has(protocol);
}

/** Whether an address is one that was registered: the very same, but that a program on this machine may listen on another port (RFC 8252). */
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

/** What a person is shown of where the answer goes. @example goesTo('http://127.0.0.1:9/cb') // '127.0.0.1' */
export function goesTo(address: string): string {
  const { protocol, host } = new URL(address);
  return protocol === 'http:' || protocol === 'https:' ? host : protocol;
}

/** An address with these parameters. */
export function withParameters(address: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const url = new URL(address);
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value);
  return url.href;
}
