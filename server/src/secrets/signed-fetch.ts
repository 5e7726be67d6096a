import type { SigningFetch } from '@heddle/adapters/fetch';
import type { SafeFetch } from '@heddle/core';
import type { SecretAccess, SecretReader } from './secret-access.js';

/**
 * The fetch of one authority: a request that names a secret is signed with a secret that the authority may use. Only the adapter gets
 * the value; it inserts the value for the hosts of the secret and removes it from the reply.
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
