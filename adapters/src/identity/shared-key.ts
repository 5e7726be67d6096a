import { createHmac, timingSafeEqual } from 'node:crypto';
import { HeddleError, type Tables } from '@heddle/core';
import { readKeyFile } from '../connections/vault/key-file.js';

const name = 'master';

/**
 * Reads the master key of a process on a shared database, and checks that the other processes use the same key. The first process creates
 * the key if the file is missing. A later process never does, because it could not decrypt the stored secrets. Errors: `secret_unreadable`,
 * `storage_*`, `database_*`.
 *
 * @example const sealed = sealedWith(() => key); // const key = await readSharedKey(tables, keyFile)
 */
export async function readSharedKey(tables: Tables, keyFile: string): Promise<Buffer> {
  const stored = await readProof(tables);
  const key = readOwn(keyFile, stored === undefined);
  const own = createHmac('sha256', key).update('heddle master key').digest('base64');
  if (stored === undefined)
    await tables.commit([
      {
        sql: 'INSERT INTO key_proofs (name, proof) VALUES (@name, @own) ON CONFLICT DO NOTHING',
        values: { name, own },
      },
    ]);
  const proof = Buffer.from(stored ?? (await readProof(tables)) ?? '');
  if (proof.length !== own.length || !timingSafeEqual(proof, Buffer.from(own))) throw otherKey(keyFile);
  return key;
}

const readProof = async (tables: Tables): Promise<string | undefined> =>
  (await tables.get<{ readonly proof: string }>('SELECT proof FROM key_proofs WHERE name = @name', { name }))?.proof;

function readOwn(keyFile: string, mayCreate: boolean): Buffer {
  try {
    return readKeyFile(keyFile, () => mayCreate);
  } catch (error) {
    if (mayCreate || !(error instanceof HeddleError && error.code === 'secret_unreadable')) throw error;
    throw new HeddleError(
      'secret_unreadable',
      `${keyFile} cannot be read, and the database was used with a key before: give this process the key file of the other processes (copy it, or name it with HEDDLE_KEY_FILE).`,
      { cause: error, details: { place: keyFile } },
    );
  }
}

const otherKey = (keyFile: string): HeddleError =>
  new HeddleError(
    'secret_unreadable',
    `${keyFile} is not the key that the database is used with, so secrets could not be opened: give this process the key file of the other processes (HEDDLE_KEY_FILE), or name another database.`,
    { details: { place: keyFile } },
  );
