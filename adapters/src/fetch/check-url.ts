import { isIP } from 'node:net';
import { HeddleError } from '@heddle/core';
import { isPublicAddress } from './public-address.js';

/** Ports of services with other protocols, which could read a request as commands. */
const closedPorts: ReadonlySet<number> = new Set([
  1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
  111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 445, 465, 512, 513, 514, 515, 526, 530, 531,
  532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 2375, 3306, 3659, 4045, 4190,
  5060, 5061, 5432, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080, 11211, 27017,
]);
const longestUrl = 8_192;

/** A host that requests may reach although it is not public, because the administrator allowed it: `name`, `name:port`, `*.name`. */
export type AllowedHost = string;

/** A permitted target of a request. Its address is not resolved or checked yet. */
export interface Target {
  readonly url: URL;
  /** In lower case, without brackets and without a final dot. */
  readonly host: string;
  /** The administrator allowed the host, so its addresses may be in the internal network. */
  readonly isAllowed: boolean;
}

/** Checks a URL before its host is resolved. Errors: `fetch_blocked`. */
export function checkUrl(text: string, allowedHosts: readonly AllowedHost[]): Target {
  if (text.length > longestUrl) throw blocked('The address', `is longer than ${longestUrl} characters`);
  if (!URL.canParse(text)) throw blocked(`'${shown(text)}'`, 'is not a complete address: begin it with https://');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw blocked(`'${url.protocol}'`, 'cannot be fetched: use an https:// or http:// address');
  if (url.username !== '' || url.password !== '')
    throw blocked('The address', 'contains a user name or password: use a secret and a header instead');
  const host = url.hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  if (host === '') throw blocked('The address', 'has no host');
  const target = { url, host, isAllowed: isListed(host, portOf(url), allowedHosts) };
  if (target.isAllowed) return target;
  if (closedPorts.has(portOf(url))) throw blocked(`Port ${portOf(url)}`, 'is not one of the web');
  const isInside = isIP(host) === 0 ? isInsideName(host) : !isPublicAddress(host);
  if (isInside) throw inside(host);
  return target;
}

/** The error for a host that is not on the public internet. It never reveals the address of a name. */
export function inside(host: string): HeddleError {
  return blocked(
    `'${shown(host)}'`,
    'is in the internal network or on this machine: an administrator can allow it (HEDDLE_FETCH_ALLOW)',
  );
}

function isListed(host: string, port: number, allowedHosts: readonly AllowedHost[]): boolean {
  return allowedHosts.some((allowed) => {
    const entry = allowed.trim().toLowerCase();
    if (entry === host || entry === `[${host}]` || entry === `${host}:${port}` || entry === `[${host}]:${port}`)
      return true;
    if (!entry.startsWith('*.')) return false;
    const [name = '', entryPort] = entry.slice(1).split(':');
    return (
      host.endsWith(name) &&
      host.length > name.length &&
      isIP(host) === 0 &&
      (entryPort === undefined || Number(entryPort) === port)
    );
  });
}

/** Whether a name means this machine or the internal network by definition. No resolver is asked for such a name. */
function isInsideName(host: string): boolean {
  return (
    /(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|home\.arpa|localdomain|onion)$/.test(host) ||
    !host.includes('.')
  );
}

const portOf = (url: URL): number => (url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port));
const shown = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)}…` : text);

function blocked(what: string, why: string): HeddleError {
  return new HeddleError('fetch_blocked', `${what} ${why}.`);
}
