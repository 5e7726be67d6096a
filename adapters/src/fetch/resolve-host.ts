import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { HeddleError } from '@heddle/core';
import { inside, type Target } from './check-url.js';
import { isPublicAddress } from './public-address.js';

/** An address that a name stands for. */
export interface Address {
  readonly address: string;
  readonly family: number;
}

/** Finds the addresses of a name. */
export type Resolve = (host: string) => Promise<readonly Address[]>;

/** The system's resolver: hosts file, then DNS. */
export const systemResolve: Resolve = (host) => lookup(host, { all: true, order: 'verbatim' });

/** The addresses that may be connected to; all of them are public, or the administrator allowed the host. Errors: `fetch_blocked`, `fetch_failed`. */
export async function resolveTarget({ host, isAllowed }: Target, resolve: Resolve): Promise<readonly Address[]> {
  const family = isIP(host);
  const addresses = family === 0 ? await resolveName(host, resolve) : [{ address: host, family }];
  // One address inside is enough to refuse: else an attacker's name could carry both.
  if (!isAllowed && !addresses.every(({ address }) => isPublicAddress(address))) throw inside(host);
  return addresses;
}

/**
 * A lookup for sockets that returns only checked addresses: the address that was checked is the one that is connected.
 */
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

/** IPv4 in IPv6 form and zones are written in several ways. */
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
