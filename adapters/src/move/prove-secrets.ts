import type { Tables } from '@heddle/core';
import { createSecretStore } from '../connections/vault/secret-store.js';

/** Decrypts every stored secret with a key file, and returns how many there are. Errors: `secret_unreadable`. */
export async function proveSecrets(tables: Tables, keyFile: string): Promise<number> {
  const store = createSecretStore(tables, { keyFile, clock: { now: () => 0 } });
  const sealed = await tables.all<{ readonly owner: string; readonly name: string }>(
    'SELECT owner, name FROM secrets WHERE sealed IS NOT NULL',
  );
  for (const { owner, name } of sealed) await store.value(owner, name);
  return sealed.length;
}
