import { HeddleError, type Clock, type SecretVault } from '@heddle/core';
import { answer } from '../../journal/answer.js';
import { commitPowerSafe } from '../../journal/commit-power-safe.js';
import type { HeddleDatabase } from '../../journal/open-database.js';
import { withStorageErrors } from '../../journal/storage-error.js';
import { readKeyFile } from './key-file.js';
import { seal, unseal } from './seal.js';

export interface SecretVaultOptions {
  readonly database: HeddleDatabase;
  /** The master key, outside the database; made at the first secret, with mode 0600. */
  readonly keyFile: string;
  readonly clock: Pick<Clock, 'now'>;
}

interface Row {
  readonly name: string;
  readonly sealed: Buffer;
  readonly updated_at: number;
}

/** Names that secrets may have. */
export const secretNamePattern = /^[A-Za-z][A-Za-z0-9._-]{0,127}$/;
const maxBytes = 64 * 1024;

/**
 * Secrets in heddle.db, encrypted with a key that lies beside it in a file of its own.
 *
 * @example const vault = createSecretVault({ database, keyFile: join(folder, 'secret.key'), clock });
 */
export function createSecretVault({ database, keyFile, clock }: SecretVaultOptions): SecretVault {
  const { connection, file } = database;
  const names = connection.prepare<[], Pick<Row, 'name' | 'updated_at'>>(
    'SELECT name, updated_at FROM secrets ORDER BY name',
  );
  const byName = connection.prepare<[string], Row>('SELECT * FROM secrets WHERE name = ?');
  const any = connection.prepare<[], Row>('SELECT * FROM secrets ORDER BY name LIMIT 1');
  const write = connection.prepare<[string, Buffer, number]>(
    'INSERT INTO secrets (name, sealed, updated_at) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed, updated_at = excluded.updated_at',
  );
  const remove = connection.prepare<[string]>('DELETE FROM secrets WHERE name = ?');
  let proved: Buffer | undefined;

  /** The master key for writing, once it has opened something that is stored: a second key beside the first would lose secrets. */
  function writingKey(): Buffer {
    if (proved !== undefined) return proved;
    const stored = any.get();
    const found = readKeyFile(keyFile, () => stored === undefined);
    if (stored !== undefined) unseal(found, stored.name, stored.sealed);
    proved = found;
    return found;
  }

  const within = <T>(work: () => T): Promise<T> => answer(() => withStorageErrors(file, work));
  const commit = <T>(work: () => T): Promise<T> => answer(() => commitPowerSafe(database, work));
  return {
    list: () => within(() => names.all().map(({ name, updated_at }) => ({ name, updatedAt: updated_at }))),
    set: (name, value) =>
      commit(() => {
        checkInput(name, value);
        const sealed = seal(writingKey(), name, value);
        write.run(name, sealed, clock.now());
      }),
    get: (name) =>
      within(() => {
        const row = byName.get(name);
        if (row === undefined)
          throw new HeddleError('secret_not_found', `The secret '${name}' does not exist: set it first.`, {
            details: { secret: name },
          });
        return unseal(proved ?? readKeyFile(keyFile, () => false), name, row.sealed);
      }),
    delete: (name) =>
      commit(() => {
        remove.run(name);
      }),
  };
}

function checkInput(name: string, value: string): void {
  if (!secretNamePattern.test(name))
    throw new HeddleError(
      'bad_request',
      'The name of a secret has letters, digits, dots, _ and -, at most 128, starting with a letter.',
    );
  if (value === '' || Buffer.byteLength(value) > maxBytes)
    throw new HeddleError('bad_request', `The value of secret '${name}' must have 1 to ${maxBytes} bytes.`);
}
