import type { SigningFetch } from '@heddle/adapters/fetch';
import type { SafeFetch } from '@heddle/core';
import type { SecretAccess, SecretReader } from './secret-access.js';

/**
 * Makes the fetch for one authority. A request may name a secret that the authority may use. Only the adapter reads its value: it inserts
 * the value into requests to the hosts of the secret and removes it from replies.
 */
export function signedFetch(
  reader: SecretReader,
  fetch: SigningFetch,
  secrets: Pick<SecretAccess, 'credential'>,
): SafeFetch {
  return {
    destination: fetch.destination,
    async fetch({ signIn, ...request }) {
      return signIn === undefined
        ? fetch.fetch(request)
        : fetch.fetch(request, await secrets.credential(reader, signIn));
    },
  };
}
