import { allowsSecretHost, HeddleError, type SafeFetch, type SafeRequest } from '@heddle/core';
import { formsOf } from './without-secret.js';

/** A secret on its way into a request, and the hosts that may have it. No node ever holds one. */
export interface Credential {
  readonly name: string;
  /** Read once the first host may have it. Errors: `secret_not_found`, `secret_unreadable`. */
  readonly value: () => Promise<string>;
  readonly hosts: readonly string[];
  /** A node sends it to an address that only a run knows, and no one has named that host yet. */
  readonly needsHost: boolean;
  readonly header: string;
  readonly scheme: 'plain' | 'bearer' | 'basic';
  readonly user: string;
}

/** A safe fetch that puts a credential into requests; nodes reach it through the authority of their run alone. */
export interface SigningFetch extends SafeFetch {
  fetch(request: Omit<SafeRequest, 'signIn'>, credential?: Credential): ReturnType<SafeFetch['fetch']>;
}

/** A header that carries a credential. */
export interface SignedHeader {
  readonly name: string;
  readonly value: string;
  /** What replies must not hold. */
  readonly forms: readonly string[];
  allows(url: URL): boolean;
}

const headerName = /^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/;

/** Errors: `fetch_failed` for a value or a name that no header takes, and those of the value. */
export async function signedHeader(
  { name, value: read, hosts, header, scheme, user }: Credential,
  taken: ReadonlySet<string>,
): Promise<SignedHeader> {
  const target = header.toLowerCase();
  if (!headerName.test(target) || taken.has(target))
    throw refused(`'${header.slice(0, 100)}' is no header that may carry a secret`);
  const value = await read();
  if (/[\u0000-\u001f\u007f]/.test(value) || (scheme === 'plain' && /[^\u0000-\u00ff]/.test(value)))
    throw refused(`The value of the secret '${name}' holds signs that no header takes: set it again`);
  const text =
    scheme === 'basic'
      ? `Basic ${Buffer.from(`${user}:${value}`).toString('base64')}`
      : scheme === 'bearer'
        ? `Bearer ${value}`
        : value;
  return {
    name: target,
    value: text,
    forms: formsOf(value, text),
    allows: (url) => allowsSecretHost(hosts, url),
  };
}

const refused = (what: string): HeddleError => new HeddleError('fetch_failed', `${what}.`, { retryable: false });
