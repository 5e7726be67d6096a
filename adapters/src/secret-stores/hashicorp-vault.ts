import type { Clock } from '@heddle/core';
import { z } from 'zod';
import { createValueCache } from './value-cache.js';
import { secretRefused, storeFailed } from './store-errors.js';

interface HashicorpVaultOptions {
  /** Such as `https://vault.example.com:8200`. */
  readonly address: string;
  /** Called for each request, because an agent may have renewed the token. */
  readonly token: () => Promise<string>;
  readonly namespace?: string;
  /** The mount path of the key-value engine (version 2). */
  readonly mount: string;
  readonly clock: Pick<Clock, 'now' | 'steady'>;
  readonly timeoutMs?: number;
}

/** The path of a secret inside the mount, and the field in it. */
interface VaultSecretPath {
  readonly path: string;
  readonly field: string;
}

const Reply = z.object({
  lease_duration: z.number().nonnegative().default(0),
  data: z.object({ data: z.record(z.string(), z.unknown()).nullable() }),
});
const keepMs = 30_000;
const defaultTimeoutMs = 5_000;

/**
 * Reads secrets from HashiCorp Vault (KV version 2) through its HTTP API. Errors: `secret_unreadable` if the token, the path or the field
 * is wrong, `secret_store_failed` if the vault is sealed, busy or unreachable.
 *
 * @example await createHashicorpVault(options)('crm-key', { path: 'heddle/crm', field: 'value' })
 */
export function createHashicorpVault(
  options: HashicorpVaultOptions,
): (name: string, location: VaultSecretPath) => Promise<string> {
  const { address, token, namespace, mount, clock, timeoutMs = defaultTimeoutMs } = options;
  const kept = createValueCache(clock.steady ?? clock);

  async function ask(name: string, path: string): Promise<Response> {
    const headers: Record<string, string> = { 'x-vault-token': await token(), 'x-vault-request': 'true' };
    if (namespace !== undefined) headers['x-vault-namespace'] = namespace;
    const url = `${address.replace(/\/$/, '')}/v1/${escaped(mount)}/data/${escaped(path)}`;
    try {
      // A redirect would send the token to another address.
      return await fetch(url, { headers, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
    } catch (cause) {
      throw storeFailed(name, 'the vault does not answer', cause);
    }
  }

  return (name, { path, field }) => {
    if (path.split('/').some((part) => part === '' || part === '.' || part === '..'))
      return Promise.reject(secretRefused(name, 'the path on its card is not valid'));
    return kept(JSON.stringify([path, field]), async () => {
      const response = await ask(name, path);
      if (!response.ok) throw refusal(name, response.status);
      const reply = Reply.safeParse(await response.json().catch(() => undefined));
      if (!reply.success) throw storeFailed(name, 'the vault does not answer in the form of KV version 2');
      const found = reply.data.data.data?.[field];
      if (typeof found !== 'string' || found === '') throw secretRefused(name, 'the vault has no text in its field');
      const leaseMs = reply.data.lease_duration * 1_000;
      return { value: found, keepMs: leaseMs > 0 ? Math.min(leaseMs, keepMs) : keepMs };
    });
  };
}

const escaped = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

function refusal(name: string, status: number): Error {
  switch (status) {
    case 400:
    case 401:
    case 403:
      return secretRefused(name, "the vault refuses Heddle's token, or does not let it read there");
    case 404:
      return secretRefused(name, 'the vault has nothing at its path');
    case 503:
      return storeFailed(name, 'the vault is sealed or in maintenance');
    default:
      return storeFailed(name, `the vault answers with status ${status}`);
  }
}
