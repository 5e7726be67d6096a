import { HeddleError, type GuardedWrite, type StoredValue } from '@heddle/core';
import { createSecretKey, randomBytes } from 'node:crypto';
import { seal, unseal, unsealBytes } from '../connections/vault/seal.js';

/**
 * Conversations and facts are sealed, each with a key of its own.
 *
 * What was erased must not be found in the file. SQLite overwrites rows that are removed, and yet keeps copies of rows that it moved
 * between pages before. So a conversation or a fact is sealed, and erasing it overwrites its key, which was never moved.
 */
export type Sealed = 'conversation' | 'fact';

/** Seals and opens the texts of one conversation or fact. */
export interface SealingCipher {
  seal(value: string | Uint8Array): Buffer;
  open(sealed: Uint8Array): string;
  openBytes(sealed: Uint8Array): Buffer;
}

const keyBytes = 32;
const none = Buffer.alloc(keyBytes);

/** The key of something new. */
export const newSealingKey = (): Buffer => randomBytes(keyBytes);

/** Errors: `storage_corrupt` without a key. */
export function cipherOf(boundTo: Sealed, bytes: Buffer | null, id: string): SealingCipher {
  if (bytes === null)
    throw new HeddleError('storage_corrupt', `The key of the ${boundTo} '${id}' is missing: restore a backup.`);
  const key = createSecretKey(bytes);
  return {
    seal: (value) => seal(key, boundTo, value),
    open: (sealed) => unseal(key, boundTo, sealed),
    openBytes: (sealed) => unsealBytes(key, boundTo, sealed),
  };
}

/** Stores the key of a row that was written before in the same commit. The first page of the table moves once, when the table outgrows it. */
export const storeKey = (boundTo: Sealed, id: string, key: Buffer): GuardedWrite => ({
  sql: `INSERT INTO ${boundTo}_keys (number, key) VALUES ((SELECT number FROM ${boundTo}s WHERE id = @id), @key)
    ON CONFLICT (number) DO UPDATE SET key = excluded.key`,
  values: { id, key },
  rows: 1,
  overwrites: true,
});

/** What was sealed with the key cannot be read any more. */
export const eraseKey = (boundTo: Sealed, number: StoredValue): GuardedWrite => ({
  sql: `UPDATE ${boundTo}_keys SET key = @none WHERE number = @number`,
  values: { number, none },
  overwrites: true,
});
