import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { HeddleError } from '@heddle/core';
import { inside, type Target } from './check-url.js';
import { isPublicAddress } from './public-address.js';

export interface Address {
  readonly address: string;
  readonly family: number;
}

/** Resolves a host name to its addresses. */
export type Resolve = (host: string) => Promise<readonly Address[]>;

/** The system's resolver: hosts file, then DNS. */
export const systemResolve: Resolve = (host) => lookup(host, { all: true, order: 'verbatim' });

/**
 * Resolves a target to addresses that may be connected to: all of them are public, or the administrator allowed the host. Errors:
 * `fetch_blocked`, `fetch_failed`.
 */
export async function resolveTarget({ host, isAllowed }: Target, resolve: Resolve): Promise<readonly Address[]> {
  const family = isIP(host);
  const addresses = family === 0 ? await resolveName(host, resolve) : [{ address: host, family }];
  // One internal address is enough to refuse the host: otherwise an attacker's name could have a public and an internal address.
  if (!isAllowed && !addresses.every(({ address }) => isPublicAddress(address))) throw inside(host);
  return addresses;
}

/** A lookup for sockets that returns only checked addresses, so that the socket connects to an address that was checked. */
export function pinnedLookup(addresses: readonly Address[]): LookupFunction {
  return (_host, options, callback) => {
    const wanted =
      options.family === 4 || options.family === 'IPv4' ? 4 : options.family === 6 || options.family === 'IPv6' ? 6 : 0;
    const fitting = addresses
      .filter(({ family }) => wanted === 0 || family === wanted)
      .map(({ address, family }) => ({ address, family }));
    const [first] = fitting;
    if (first === undefined)
      callback(Object.assign(new Error('No checked address of this family'), { code: 'ENOTFOUND' }), '', 0);
    else if (options.all === true) callback(null, fitting);
    else callback(null, first.address, first.family);
  };
}

/** Whether a socket is connected to one of the checked addresses. */
export function isConnectedTo(remoteAddress: string | undefined, addresses: readonly Address[]): boolean {
  const remote = plain(remoteAddress ?? '');
  return addresses.some(({ address }) => plain(address) === remote);
}

async function resolveName(host: string, resolve: Resolve): Promise<readonly Address[]> {
  try {
    const addresses = await resolve(host);
    if (addresses.length > 0) return addresses;
  } catch (cause) {
    throw notFound(host, cause);
  }
  throw notFound(host, undefined);
}

/** Normalises an address: IPv4 can be written in IPv6 form, and an address can have a zone. */
function plain(address: string): string {
  const text = address
    .toLowerCase()
    .replace(/%.*$/, '')
    .replace(/^::ffff:(?=\d+\.)/, '');
  return URL.canParse(`http://[${text}]/`) ? new URL(`http://[${text}]/`).hostname : text;
}

function notFound(host: string, cause: unknown): HeddleError {
  return new HeddleError('fetch_failed', `The host '${host.slice(0, 100)}' cannot be found: check the address.`, {
    cause,
  });
}
