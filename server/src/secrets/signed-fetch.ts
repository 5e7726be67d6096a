import type { SigningFetch } from '@heddle/adapters/fetch';
import type { SafeFetch } from '@heddle/core';
import type { SecretAccess, SecretReader } from './secret-access.js';

/**
 * The fetch of one authority: a request that names a secret is signed with what that authority may use. The value goes to the adapter
 * alone, which puts it in for the hosts of the secret and takes it out of the reply.
 */
export function signedFetch(
  reader: SecretReader,
  fetch: SigningFetch,
  secrets: Pick<SecretAccess, 'credential'>,
): SafeFetch {
  return {
    destination: fetch.destination,
    async fetch({ signIn, ...request }) {
      return signIn === undefined ? fetch.fetch(request) : fetch.fetch(request, secrets.credential(reader, signIn));
    },
  };
}
