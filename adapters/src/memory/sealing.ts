import { HeddleError, type GuardedWrite, type StoredValue } from '@heddle/core';
import { createSecretKey, randomBytes } from 'node:crypto';
import { seal, unseal, unsealBytes } from '../connections/vault/seal.js';

/**
 * The kinds of rows that are sealed: encrypted, each with its own key.
 *
 * Erased content must not remain in the database file. SQLite overwrites deleted rows, but it keeps copies of rows that it moved between
 * pages earlier. So a conversation or a fact is encrypted, and its erasure overwrites the key, which was never moved.
 */
export type Sealed = 'conversation' | 'fact';

/** Encrypts and decrypts the texts of one conversation or fact. */
export interface SealingCipher {
  seal(value: string | Uint8Array): Buffer;
  open(sealed: Uint8Array): string;
  openBytes(sealed: Uint8Array): Buffer;
}

const keyBytes = 32;
const none = Buffer.alloc(keyBytes);

/** Creates the key for a new conversation or fact. */
export const newSealingKey = (): Buffer => randomBytes(keyBytes);

/** The cipher for a key. Errors: `storage_corrupt` if the key is missing. */
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

/**
 * Stores the key of a row that the same commit has written before. The first page of the key table moves once, when the table outgrows it.
 */
export const storeKey = (boundTo: Sealed, id: string, key: Buffer): GuardedWrite => ({
  sql: `INSERT INTO ${boundTo}_keys (number, key) VALUES ((SELECT number FROM ${boundTo}s WHERE id = @id), @key)
    ON CONFLICT (number) DO UPDATE SET key = excluded.key`,
  values: { id, key },
  rows: 1,
  overwrites: true,
});

/** Overwrites a key, so that its content cannot be decrypted any more. */
export const eraseKey = (boundTo: Sealed, number: StoredValue): GuardedWrite => ({
  sql: `UPDATE ${boundTo}_keys SET key = @none WHERE number = @number`,
  values: { number, none },
  overwrites: true,
});
