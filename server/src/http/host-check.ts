import { HeddleError } from '@heddle/core';
import { isIP } from 'node:net';

/** The parts of a request that show where it comes from. */
export interface RequestOrigin {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly secFetchSite?: string | undefined;
  /** The local address that the connection reached, if requests may use it as the host. */
  readonly reached?: string | undefined;
}

/** Whether an address is reachable from this machine only. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '').toLowerCase();
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

/** Whether the settings open the server to other machines or require sign-in. In both cases everybody must sign in. */
export function isPublicHost(settings: {
  readonly host: string;
  readonly allowedHosts: readonly string[];
  readonly signIn: 'auto' | 'required';
  readonly trustProxy: readonly string[];
  readonly publicUrl: string | undefined;
}): boolean {
  return (
    settings.signIn === 'required' ||
    !isLoopback(settings.host) ||
    // A configured proxy is in front of the server and may call it on loopback.
    settings.trustProxy.length > 0 ||
    (settings.publicUrl !== undefined && !isLoopback(new URL(settings.publicUrl).hostname)) ||
    settings.allowedHosts.some((host) => !isLoopback(host))
  );
}

/**
 * Creates the check against requests from other sites, also on loopback (DNS rebinding): the Host header must name this server, and an
 * Origin header must be this server's own. Errors: `bad_host`, `bad_origin`.
 */
export function createHostCheck(settings: {
  readonly host: string;
  readonly allowedHosts: readonly string[];
}): (request: RequestOrigin) => void {
  const hosts = new Set([
    'localhost',
    '127.0.0.1',
    '[::1]',
    ...settings.allowedHosts.map((host) => host.toLowerCase()),
  ]);
  if (settings.host !== '0.0.0.0' && settings.host !== '::')
    hosts.add(settings.host.includes(':') ? `[${settings.host}]` : settings.host.toLowerCase());
  return ({ host, origin, secFetchSite, reached }) => {
    const name = hostName(host);
    if (name === undefined || !(hosts.has(name) || isReached(name, reached))) {
      throw new HeddleError(
        'bad_host',
        `The Host header '${(host ?? '').slice(0, 100)}' is not one of this server: add the name to HEDDLE_ALLOWED_HOSTS.`,
      );
    }
    if (origin !== undefined && !isOwn(origin, host)) {
      throw new HeddleError(
        'bad_origin',
        `Requests from pages of ${origin.slice(0, 100)} are not allowed: this is ${host}. If both are this server behind a proxy, let the proxy pass on the Host header unchanged.`,
      );
    }
    if (origin === undefined && secFetchSite === 'cross-site')
      throw new HeddleError('bad_origin', 'Requests from another site are not allowed.');
  };
}

/** Paths that are never pages. */
export const machinePaths = /^\/(?:api|v1|mcp|socket\.io|metrics|health|oauth|\.well-known)(?:\/|$|\?)/;

/** The headers in which a browser says why it sends a request. */
interface BrowserRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * Whether a user follows a link to a page. The link may be on any site, which is safe: pages contain no user data and cannot be framed. The
 * callback of a sign-in provider counts too, because its ticket protects it; so does the start of a program's sign-in, which only leads to
 * a page. A share page can be framed, and checks the frame itself.
 */
export function isVisit({ method, url, headers }: BrowserRequest): boolean {
  if (method !== 'GET' || headers['sec-fetch-mode'] !== 'navigate') return false;
  if (headers['sec-fetch-dest'] === 'iframe') return /^\/share\/[^/?]+(?:\?|$)/.test(url);
  return (
    headers['sec-fetch-dest'] === 'document' &&
    (!machinePaths.test(url) ||
      /^\/api\/auth\/oidc\/callback(?:\?|$)/.test(url) ||
      /^\/oauth\/authorize(?:\?|$)/.test(url) ||
      /^\/v1\/(?:workflows\/[^/?]+\/)?docs(?:\?|$)/.test(url))
  );
}

/** Whether a page of another site loads the embed script of a share, which is the only file for other sites. */
export const isEmbedScript = ({ method, url }: BrowserRequest): boolean =>
  method === 'GET' && /^\/embed\.js(?:\?|$)/.test(url);

/** The host without the port, in lower case; undefined if the header is invalid. */
function hostName(host: string | undefined): string | undefined {
  return /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/.exec((host ?? '').toLowerCase())?.[1];
}

/**
 * Whether Host is the address that the connection reached. A page of another site sends the name of its site here, even after DNS
 * rebinding, so an address is always safe.
 */
function isReached(name: string, reached: string | undefined): boolean {
  const bare = name.replace(/^\[|\]$/g, '');
  return reached !== undefined && isIP(bare) !== 0 && bare === reached.replace(/^::ffff:(?=[\d.]+$)/, '');
}

/** Whether the page has the same host and port as the request. The scheme may differ, because a proxy may add TLS. */
function isOwn(origin: string, host: string | undefined): boolean {
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  // Browsers write an origin in exactly one form, so another form does not come from a browser.
  return (
    url.origin === origin &&
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    url.host === new URL(`${url.protocol}//${host ?? ''}`).host
  );
}
