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

function prepareStatements(connection: HeddleDatabase['connection']) {
  return {
    all: connection.prepare<[], Row>('SELECT * FROM secrets WHERE card IS NOT NULL ORDER BY name, owner'),
    one: connection.prepare<[string, string], Row>('SELECT * FROM secrets WHERE owner = ? AND name = ?'),
    any: connection.prepare<[], Row>('SELECT * FROM secrets WHERE sealed IS NOT NULL ORDER BY name LIMIT 1'),
    write: connection.prepare<[string, string, string | null, Buffer | null, number]>(
      'INSERT INTO secrets (owner, name, card, sealed, updated_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (owner, name) DO UPDATE SET card = excluded.card, sealed = excluded.sealed, updated_at = excluded.updated_at',
    ),
    remove: connection.prepare<[string, string]>('DELETE FROM secrets WHERE owner = ? AND name = ?'),
    learned: connection.prepare<[], { at: number }>('SELECT at FROM secret_hosts_learned LIMIT 1'),
    noteLearned: connection.prepare<[number]>('INSERT INTO secret_hosts_learned (at) VALUES (?)'),
  };
}

/**
 * Secrets in heddle.db. Values are encrypted with a key in a file of its own beside it.
 *
 * @example const store = new SqliteSecretStore({ database, keyFile: join(folder, 'secret.key'), clock });
 */
export class SqliteSecretStore implements SecretStore {
  private readonly options: SecretStoreOptions;
  private readonly statements: ReturnType<typeof prepareStatements>;
  private proved: Buffer | undefined;

  constructor(options: SecretStoreOptions) {
    this.options = options;
    this.statements = prepareStatements(options.database.connection);
  }

  list(): readonly StoredSecret[] {
    return this.within(() => this.statements.all.all().flatMap(fromRow));
  }

  card(owner: string, name: string): StoredSecret | undefined {
    return this.within(() => fromRow(this.statements.one.get(owner, name))[0]);
  }

  save(card: SecretCard, value?: string): Promise<void> {
    return this.commit(() => this.put(card, value));
  }

  hasValue(owner: string, name: string): boolean {
    return this.within(() => this.statements.one.get(owner, name)?.sealed != null);
  }

  value(owner: string, name: string): Promise<string> {
    return answer(() =>
      this.within(() => {
        const sealed = this.statements.one.get(owner, name)?.sealed;
        if (sealed == null) throw secretNotFound(name);
        return unseal(this.proved ?? readKeyFile(this.options.keyFile, () => false), boundTo(owner, name), sealed);
      }),
    );
  }

  remove(owner: string, name: string): Promise<void> {
    return this.commit(() => {
      this.statements.remove.run(owner, name);
    });
  }

  get areHostsLearned(): boolean {
    return this.within(() => this.statements.learned.get() !== undefined);
  }

  learnHosts(cards: readonly SecretCard[]): Promise<void> {
    return this.commit(() => {
      for (const card of cards) this.put(card, undefined);
      this.statements.noteLearned.run(this.options.clock.now());
    });
  }

  /**
   * The master key for writing, after it has opened something that is stored: a second key beside the first would lose
   * secrets.
   */
  private writingKey(): Buffer {
    if (this.proved !== undefined) return this.proved;
    const stored = this.statements.any.get();
    const found = readKeyFile(this.options.keyFile, () => stored === undefined);
    if (stored?.sealed != null) unseal(found, boundTo(stored.owner, stored.name), stored.sealed);
    this.proved = found;
    return found;
  }

  private put(given: SecretCard, value: string | undefined): void {
    checkInput(given.name, value);
    const card = SecretCard.parse(given);
    const { owner, name } = card;
    const sealed =
      value === undefined
        ? (this.statements.one.get(owner, name)?.sealed ?? null)
        : seal(this.writingKey(), boundTo(owner, name), value);
    const isStored = card.source.kind === 'stored';
    const text = isKey(owner, name) ? null : JSON.stringify(card);
    this.statements.write.run(owner, name, text, isStored ? sealed : null, this.options.clock.now());
  }

  private within<T>(work: () => T): T {
    return withStorageErrors(this.options.database.file, work);
  }

  private commit<T>(work: () => T): Promise<T> {
    return answer(() => commitPowerSafe(this.options.database, work));
  }
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
