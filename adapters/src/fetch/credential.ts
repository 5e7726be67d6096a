import { allowsSecretHost, HeddleError, type SafeFetch, type SafeRequest } from '@heddle/core';
import { formsOf } from './without-secret.js';

/** A secret for a request, and the hosts that may have it. No node ever has the value. */
export interface Credential {
  readonly name: string;
  /** Called only after the first host was allowed. Errors: `secret_not_found`, `secret_unreadable`. */
  readonly value: () => Promise<string>;
  readonly hosts: readonly string[];
  /**
   * Whether the secret still needs a list of hosts: a node sends it to an address that only the run determines, and nobody has named a
   * host.
   */
  readonly needsHost: boolean;
  readonly header: string;
  readonly scheme: 'plain' | 'bearer' | 'basic';
  readonly user: string;
}

/** A safe fetch that adds a credential to requests. Nodes reach it only through the authority of their run. */
export interface SigningFetch extends SafeFetch {
  fetch(request: Omit<SafeRequest, 'signIn'>, credential?: Credential): ReturnType<SafeFetch['fetch']>;
}

export interface SignedHeader {
  readonly name: string;
  readonly value: string;
  /** The forms of the secret, which are removed from replies. */
  readonly forms: readonly string[];
  allows(url: URL): boolean;
}

const headerName = /^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/;

/** Builds the header of a credential. Errors: `fetch_failed` if the name or the value is not valid in a header, and those of `value`. */
export async function signedHeader(
  { name, value: read, hosts, header, scheme, user }: Credential,
  taken: ReadonlySet<string>,
): Promise<SignedHeader> {
  const target = header.toLowerCase();
  if (!headerName.test(target) || taken.has(target))
    throw refused(`'${header.slice(0, 100)}' is not a header that may carry a secret`);
  const value = await read();
  if (/[\u0000-\u001f\u007f]/.test(value) || (scheme === 'plain' && /[^\u0000-\u00ff]/.test(value)))
    throw refused(
      `The value of the secret '${name}' contains characters that are not allowed in a header: set it again`,
    );
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
