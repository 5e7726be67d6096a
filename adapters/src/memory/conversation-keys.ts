import { HeddleError } from '@heddle/core';
import { randomBytes } from 'node:crypto';
import { seal, unseal } from '../connections/vault/seal.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { overwriting } from '../database/overwriting.js';

/**
 * The keys that conversations are sealed with, by their number.
 *
 * What was erased must not be found in the file. SQLite overwrites rows that are removed, and yet keeps copies of rows that it moved
 * between pages before. So a conversation is sealed, and erasing it overwrites its key, which was never moved.
 */
export interface ConversationKeys {
  /** Makes the key of a new conversation. */
  make(number: number): ConversationCipher;
  of(number: number): ConversationCipher;
  /** Removes the key: what was sealed with it cannot be read any more. */
  erase(number: number): void;
}

/** Seals and opens the texts of one conversation. */
export interface ConversationCipher {
  seal(text: string): Buffer;
  open(sealed: Uint8Array): string;
}

const keyBytes = 32;
const boundTo = 'conversation';

export function createConversationKeys({ connection }: HeddleDatabase): ConversationKeys {
  const find = connection.prepare<[number], Buffer>('SELECT key FROM conversation_keys WHERE number = ?').pluck();
  const save = connection.prepare<[number, Buffer]>(
    'INSERT INTO conversation_keys (number, key) VALUES (?, ?) ON CONFLICT (number) DO UPDATE SET key = excluded.key',
  );
  const overwrite = connection.prepare<[number]>(
    `UPDATE conversation_keys SET key = zeroblob(${keyBytes}) WHERE number = ?`,
  );
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
        throw new HeddleError('storage_corrupt', `The key of conversation ${number} is missing: restore a backup.`);
      return cipherOf(key);
    },
    erase: (number) => void overwrite.run(number),
  };
}

const cipherOf = (key: Buffer): ConversationCipher => ({
  seal: (text) => seal(key, boundTo, text),
  open: (sealed) => unseal(key, boundTo, sealed),
});
