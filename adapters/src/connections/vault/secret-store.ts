import {
  connectionSecret,
  defaultProject,
  HeddleError,
  installationOwner,
  SecretCard,
  secretNamePattern,
  secretNotFound,
  type Clock,
  type SecretStore,
  type SecretVault,
  type StoredSecret,
} from '@heddle/core';
import { answer } from '../../database/answer.js';
import { commitPowerSafe } from '../../database/commit-power-safe.js';
import type { HeddleDatabase } from '../../database/open-database.js';
import { withStorageErrors } from '../../database/storage-error.js';
import { readKeyFile } from './key-file.js';
import { seal, unseal } from './seal.js';

export interface SecretStoreOptions {
  readonly database: HeddleDatabase;
  /** The master key, outside the database; made at the first secret, with mode 0600. */
  readonly keyFile: string;
  readonly clock: Pick<Clock, 'now'>;
}

/** A row of `secrets`: keys of connections have no card, and secrets that are read elsewhere no sealed value. */
interface Row {
  readonly owner: string;
  readonly name: string;
  readonly card: string | null;
  readonly sealed: Buffer | null;
  readonly updated_at: number;
}

const maxBytes = 64 * 1024;
const keyPrefix = connectionSecret('');
const isKey = (owner: string, name: string): boolean => owner === installationOwner && name.startsWith(keyPrefix);

/** What a value is bound to. Before secrets had owners it was the name alone, which those of the first project and keys keep. */
const boundTo = (owner: string, name: string): string =>
  owner === defaultProject || isKey(owner, name) ? name : `${owner}/${name}`;

/**
 * Secrets in heddle.db. Values are encrypted with a key in a file of its own beside it.
 *
 * @example const store = createSecretStore({ database, keyFile: join(folder, 'secret.key'), clock });
 */
export function createSecretStore({ database, keyFile, clock }: SecretStoreOptions): SecretStore {
  const { connection, file } = database;
  const all = connection.prepare<[], Row>('SELECT * FROM secrets WHERE card IS NOT NULL ORDER BY name, owner');
  const one = connection.prepare<[string, string], Row>('SELECT * FROM secrets WHERE owner = ? AND name = ?');
  const any = connection.prepare<[], Row>('SELECT * FROM secrets WHERE sealed IS NOT NULL ORDER BY name LIMIT 1');
  const write = connection.prepare<[string, string, string | null, Buffer | null, number]>(
    'INSERT INTO secrets (owner, name, card, sealed, updated_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (owner, name) DO UPDATE SET card = excluded.card, sealed = excluded.sealed, updated_at = excluded.updated_at',
  );
  const remove = connection.prepare<[string, string]>('DELETE FROM secrets WHERE owner = ? AND name = ?');
  const learned = connection.prepare<[], { at: number }>('SELECT at FROM secret_hosts_learned LIMIT 1');
  const noteLearned = connection.prepare<[number]>('INSERT INTO secret_hosts_learned (at) VALUES (?)');
  let proved: Buffer | undefined;

  /**
   * The master key for writing, after it has opened something that is stored: a second key beside the first would lose
   * secrets.
   */
  function writingKey(): Buffer {
    if (proved !== undefined) return proved;
    const stored = any.get();
    const found = readKeyFile(keyFile, () => stored === undefined);
    if (stored?.sealed != null) unseal(found, boundTo(stored.owner, stored.name), stored.sealed);
    proved = found;
    return found;
  }
  function put(given: SecretCard, value: string | undefined): void {
    checkInput(given.name, value);
    const card = SecretCard.parse(given);
    const { owner, name } = card;
    const sealed =
      value === undefined ? (one.get(owner, name)?.sealed ?? null) : seal(writingKey(), boundTo(owner, name), value);
    const isStored = card.source.kind === 'stored';
    const text = isKey(owner, name) ? null : JSON.stringify(card);
    write.run(owner, name, text, isStored ? sealed : null, clock.now());
  }

  const within = <T>(work: () => T): T => withStorageErrors(file, work);
  const commit = <T>(work: () => T): Promise<T> => answer(() => commitPowerSafe(database, work));
  return {
    list: () => within(() => all.all().flatMap(fromRow)),
    card: (owner, name) => within(() => fromRow(one.get(owner, name))[0]),
    save: (card, value) => commit(() => put(card, value)),
    hasValue: (owner, name) => within(() => one.get(owner, name)?.sealed != null),
    value: (owner, name) =>
      answer(() =>
        within(() => {
          const sealed = one.get(owner, name)?.sealed;
          if (sealed == null) throw secretNotFound(name);
          return unseal(proved ?? readKeyFile(keyFile, () => false), boundTo(owner, name), sealed);
        }),
      ),
    remove: (owner, name) =>
      commit(() => {
        remove.run(owner, name);
      }),
    get areHostsLearned() {
      return within(() => learned.get() !== undefined);
    },
    learnHosts: (cards) =>
      commit(() => {
        for (const card of cards) put(card, undefined);
        noteLearned.run(clock.now());
      }),
  };
}

/** Keys of connections in the same store, by name. @example const keys = createKeyVault(store); */
export function createKeyVault(store: SecretStore): SecretVault {
  const key = (name: string): SecretCard => {
    if (!name.startsWith(keyPrefix)) throw new HeddleError('internal', `'${name}' is no key of a connection.`);
    return SecretCard.parse({ name, owner: installationOwner });
  };
  return {
    has: (name) => store.hasValue(installationOwner, name),
    set: (name, value) => answer(() => key(name)).then((card) => store.save(card, value)),
    get: (name) => store.value(installationOwner, name),
    delete: (name) => store.remove(installationOwner, name),
  };
}

function fromRow(row: Row | undefined): StoredSecret[] {
  if (row === undefined || row.card === null) return [];
  return [{ ...SecretCard.parse(JSON.parse(row.card)), updatedAt: row.updated_at }];
}

function checkInput(name: string, value: string | undefined): void {
  if (!secretNamePattern.test(name))
    throw new HeddleError(
      'bad_request',
      'The name of a secret has letters, digits, dots, _ and -, at most 128, starting with a letter.',
    );
  if (value === '' || (value !== undefined && Buffer.byteLength(value) > maxBytes))
    throw new HeddleError('bad_request', `The value of secret '${name}' must have 1 to ${maxBytes} bytes.`);
}
