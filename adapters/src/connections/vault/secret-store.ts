import {
  connectionSecret,
  defaultProject,
  HeddleError,
  installationOwner,
  SecretCard,
  secretNamePattern,
  secretNotFound,
  type Clock,
  type GuardedWrite,
  type SecretStore,
  type SecretVault,
  type StoredSecret,
  type Tables,
} from '@heddle/core';
import { readKeyFile } from './key-file.js';
import { seal, unseal } from './seal.js';

interface SecretStoreOptions {
  /** The file of the master key, outside the database; created with the first secret, with mode 0600. */
  readonly keyFile: string;
  readonly clock: Pick<Clock, 'now'>;
}

/** A row of `secrets`. Keys of connections have no card; secrets that are read from elsewhere have no sealed value. */
interface Row {
  readonly owner: string;
  readonly name: string;
  readonly card: string | null;
  readonly sealed: Uint8Array | null;
  readonly updated_at: number;
}

const maxBytes = 64 * 1024;
const keyPrefix = connectionSecret('');
const isKey = (owner: string, name: string): boolean => owner === installationOwner && name.startsWith(keyPrefix);

/**
 * The name that a sealed value is bound to. Before secrets had owners, it was the name alone; secrets of the first project and connection
 * keys still use that.
 */
const boundTo = (owner: string, name: string): string =>
  owner === defaultProject || isKey(owner, name) ? name : `${owner}/${name}`;

/**
 * Stores secrets on any database. The key that encrypts their values is in a file of its own.
 *
 * @example const store = createSecretStore(sqliteTables(database), { keyFile: join(folder, 'secret.key'), clock });
 */
export function createSecretStore(tables: Tables, { keyFile, clock }: SecretStoreOptions): SecretStore {
  // Cached, because every run that names a secret reads its card.
  const one = tables.lookup<Row>('SELECT * FROM secrets WHERE owner = @owner AND name = @name');
  const keys = createKeys(tables, keyFile);
  const save = async (given: SecretCard, value: string | undefined): Promise<GuardedWrite> => {
    checkInput(given.name, value);
    const card = SecretCard.parse(given);
    const { owner, name } = card;
    const sealed = value === undefined ? undefined : seal(await keys.forWriting(), boundTo(owner, name), value);
    return cardWrite(card, sealed, clock.now());
  };
  return {
    list: async () => (await tables.all<Row>(cards)).flatMap(fromRow),
    card: async (owner, name) => fromRow(await one({ owner, name }))[0],
    save: async (card, value) => tables.commit([await save(card, value)]),
    hasValue: async (owner, name) => (await one({ owner, name }))?.sealed != null,
    value: async (owner, name) => {
      const sealed = (await one({ owner, name }))?.sealed;
      if (sealed == null) throw secretNotFound(name);
      return unseal(keys.forReading(), boundTo(owner, name), sealed);
    },
    remove: (owner, name) =>
      tables.commit([{ sql: 'DELETE FROM secrets WHERE owner = @owner AND name = @name', values: { owner, name } }]),
    areHostsLearned: async () => (await tables.get('SELECT at FROM secret_hosts_learned LIMIT 1')) !== undefined,
    learnHosts: async (learned) => {
      const writes = await Promise.all(learned.map((card) => save(card, undefined)));
      const sql = `INSERT INTO secret_hosts_learned (at) SELECT CAST(@now AS double precision)
        WHERE NOT EXISTS (SELECT 1 FROM secret_hosts_learned)`;
      await tables.commit([...writes, { sql, values: { now: clock.now() } }]);
    },
  };
}

const cards = 'SELECT * FROM secrets WHERE card IS NOT NULL ORDER BY name, owner';

/** Without a new sealed value, a stored secret keeps its old one; a secret that is read from elsewhere has none. */
function cardWrite(card: SecretCard, sealed: Buffer | undefined, now: number): GuardedWrite {
  const { owner, name } = card;
  const text = isKey(owner, name) ? null : JSON.stringify(card);
  if (card.source.kind === 'stored' && sealed === undefined)
    return {
      sql: 'UPDATE secrets SET card = @text, updated_at = @now WHERE owner = @owner AND name = @name AND sealed IS NOT NULL',
      values: { owner, name, text, now },
      rows: 1,
      otherwise: () => new HeddleError('bad_request', `The secret '${name}' has no value yet: set one.`),
    };
  return {
    sql: `INSERT INTO secrets (owner, name, card, sealed, updated_at) VALUES (@owner, @name, @text, @sealed, @now)
      ON CONFLICT (owner, name) DO UPDATE SET card = excluded.card, sealed = excluded.sealed, updated_at = excluded.updated_at`,
    values: { owner, name, text, sealed: card.source.kind === 'stored' ? (sealed ?? null) : null, now },
  };
}

interface Keys {
  forReading(): Buffer;
  /** Returns the key once it has opened a stored value: writing with a different key would lose secrets. Errors: `secret_unreadable`. */
  forWriting(): Promise<Buffer>;
}

function createKeys(tables: Tables, keyFile: string): Keys {
  let proved: Buffer | undefined;
  return {
    forReading: () => proved ?? readKeyFile(keyFile, () => false),
    async forWriting() {
      if (proved !== undefined) return proved;
      const stored = await tables.get<Row>('SELECT * FROM secrets WHERE sealed IS NOT NULL ORDER BY name LIMIT 1');
      const found = readKeyFile(keyFile, () => stored === undefined);
      if (stored?.sealed != null) unseal(found, boundTo(stored.owner, stored.name), stored.sealed);
      proved = found;
      return found;
    },
  };
}

/** Keeps the keys of connections in the secret store, by name. @example const keys = createKeyVault(store); */
export function createKeyVault(store: SecretStore): SecretVault {
  const key = (name: string): SecretCard => {
    if (!name.startsWith(keyPrefix)) throw new HeddleError('internal', `'${name}' is not the key of a connection.`);
    return SecretCard.parse({ name, owner: installationOwner });
  };
  return {
    has: (name) => store.hasValue(installationOwner, name),
    set: async (name, value) => store.save(key(name), value),
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
