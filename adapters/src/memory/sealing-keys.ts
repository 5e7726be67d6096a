import { HeddleError } from '@heddle/core';
import { createSecretKey, randomBytes } from 'node:crypto';
import { seal, unseal, unsealBytes } from '../connections/vault/seal.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { overwriting } from '../database/overwriting.js';

/**
 * The keys that conversations and facts are sealed with, by their number.
 *
 * What was erased must not be found in the file. SQLite overwrites rows that are removed, and yet keeps copies of rows that it moved
 * between pages before. So a conversation or a fact is sealed, and erasing it overwrites its key, which was never moved.
 */
export interface SealingKeys {
  /** Makes the key of a new number. */
  make(number: number): SealingCipher;
  of(number: number): SealingCipher;
  /** With a key that was read along with what it sealed. */
  withKey(key: Buffer): SealingCipher;
  /** Removes the key: what was sealed with it cannot be read any more. */
  erase(number: number): void;
}

/** Seals and opens the texts of one conversation or fact. */
export interface SealingCipher {
  seal(value: string | Uint8Array): Buffer;
  open(sealed: Uint8Array): string;
  openBytes(sealed: Uint8Array): Buffer;
}

const keyBytes = 32;

/** The keys in the table `conversation_keys` or `fact_keys`. */
export function createSealingKeys({ connection }: HeddleDatabase, boundTo: 'conversation' | 'fact'): SealingKeys {
  const table = `${boundTo}_keys`;
  const find = connection.prepare<[number], Buffer>(`SELECT key FROM ${table} WHERE number = ?`).pluck();
  const save = connection.prepare<[number, Buffer]>(
    `INSERT INTO ${table} (number, key) VALUES (?, ?) ON CONFLICT (number) DO UPDATE SET key = excluded.key`,
  );
  const overwrite = connection.prepare<[number]>(`UPDATE ${table} SET key = zeroblob(${keyBytes}) WHERE number = ?`);
  const cipherOf = (bytes: Buffer): SealingCipher => {
    const key = createSecretKey(bytes);
    return {
      seal: (value) => seal(key, boundTo, value),
      open: (sealed) => unseal(key, boundTo, sealed),
      openBytes: (sealed) => unsealBytes(key, boundTo, sealed),
    };
  };
  return {
    make(number) {
      const key = randomBytes(keyBytes);
      // The first page of the table moves once, when the table outgrows it.
      overwriting(connection, () => save.run(number, key));
      return cipherOf(key);
    },
    of(number) {
      const key = find.get(number);
      if (key === undefined)
        throw new HeddleError('storage_corrupt', `The key of ${boundTo} ${number} is missing: restore a backup.`);
      return cipherOf(key);
    },
    withKey: cipherOf,
    erase: (number) => void overwrite.run(number),
  };
}
