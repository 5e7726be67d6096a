import type { HeddleDatabase } from '../database/open-database.js';
import { readKeyFile } from '../connections/vault/key-file.js';
import { seal, unseal } from '../connections/vault/seal.js';

/** Encrypts short texts with the key of the data folder. They are separate from the vault, which nodes read. */
export interface SealedText {
  seal(name: string, value: string): Buffer;
  /** Errors: `secret_unreadable`. */
  open(name: string, sealed: Uint8Array): string;
}

/**
 * Encrypts texts with the key in a file, which is created while nothing is encrypted yet.
 *
 * @example const sealed = createSealedText(database, join(folder, 'secret.key'));
 */
export function createSealedText({ connection }: HeddleDatabase, keyFile: string): SealedText {
  const sealedThings = connection.prepare(
    'SELECT 1 FROM secrets WHERE sealed IS NOT NULL UNION ALL SELECT 1 FROM users WHERE totp IS NOT NULL UNION ALL SELECT 1 FROM channels WHERE secret IS NOT NULL UNION ALL SELECT 1 FROM alert_channels WHERE secret IS NOT NULL UNION ALL SELECT 1 FROM tool_grants LIMIT 1',
  );
  return sealedWith(() => readKeyFile(keyFile, () => sealedThings.get() === undefined));
}

/** Encrypts texts with a given key. @example const sealed = sealedWith(() => key); */
export const sealedWith = (key: () => Buffer): SealedText => ({
  seal: (name, value) => seal(key(), name, value),
  open: (name, sealed) => unseal(key(), name, sealed),
});
