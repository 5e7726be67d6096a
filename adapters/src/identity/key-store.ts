import { HeddleError, KeyScopes, type Clock } from '@heddle/core';
import { z } from 'zod';
import type { HeddleDatabase } from '../database/open-database.js';
import { rememberReads } from '../database/remember-reads.js';
import { withStorageErrors } from '../database/storage-error.js';
import { hashToken, newId, newToken } from './secret-token.js';

/** An API key without its secret. */
export interface StoredKey {
  readonly id: string;
  /** What of the key may be seen: enough to tell keys apart. */
  readonly prefix: string;
  readonly name: string;
  /** Whose rights it narrows: `local`, `user:ID` or `service:ID`. */
  readonly owner: string;
  readonly project: string;
  readonly scopes: KeyScopes;
  readonly createdAt: number;
  readonly usedAt: number | undefined;
  readonly revokedAt: number | undefined;
  /** Rights that it had before keys were narrowed to calls of published versions; undefined where it never had others. */
  readonly narrowedFrom?: readonly string[];
}

interface Row {
  readonly id: string;
  readonly prefix: string;
  readonly name: string;
  readonly owner: string;
  readonly project: string;
  readonly scopes: string;
  readonly created_at: number;
  readonly used_at: number | null;
  readonly revoked_at: number | null;
  readonly narrowed_from: string | null;
}

const usedEveryMs = 60_000;

/** API keys: shown once, hashed at rest, with scopes. */
export class KeyStore {
  private readonly byHash;
  private readonly byId;
  private readonly use;
  private readonly database: HeddleDatabase;
  private readonly clock: Pick<Clock, 'now'>;

  constructor(database: HeddleDatabase, clock: Pick<Clock, 'now'>) {
    this.database = database;
    this.clock = clock;
    const { connection } = database;
    const byHash = connection.prepare<[string], Row>('SELECT * FROM api_keys WHERE hash = ?');
    const byId = connection.prepare<[string], Row>('SELECT * FROM api_keys WHERE id = ?');
    this.byHash = rememberReads(database, (hash) => byHash.get(hash));
    this.byId = rememberReads(database, (id) => byId.get(id));
    this.use = connection.prepare<[number, string]>('UPDATE api_keys SET used_at = ? WHERE id = ?');
  }

  /** Makes a key; `secret` is never to be had again. */
  create(key: Pick<StoredKey, 'name' | 'owner' | 'project' | 'scopes'>): {
    readonly secret: string;
    readonly key: StoredKey;
  } {
    const secret = newToken('hk');
    const id = newId('k');
    this.within(() =>
      this.database.connection
        .prepare(
          'INSERT INTO api_keys (id, hash, prefix, name, owner, project, scopes, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        )
        .run(
          id,
          hashToken(secret),
          secret.slice(0, 9),
          key.name,
          key.owner,
          key.project,
          JSON.stringify(key.scopes),
          this.clock.now(),
        ),
    );
    return { secret, key: this.get(id) };
  }

  /** The key of a secret, also where it was revoked. */
  find(secret: string): StoredKey | undefined {
    const row = this.within(() => this.byHash(hashToken(secret)));
    if (row === undefined) return undefined;
    const now = this.clock.now();
    if (now - (row.used_at ?? 0) > usedEveryMs) this.within(() => this.use.run(now, row.id));
    return fromRow(row);
  }

  /** Errors: `key_not_found`. */
  get(id: string): StoredKey {
    const row = this.within(() => this.byId(id));
    if (row === undefined)
      throw new HeddleError('key_not_found', `There is no API key '${id}': heddle keys lists them.`);
    return fromRow(row);
  }

  list(project: string): readonly StoredKey[] {
    return this.within(() =>
      this.database.connection
        .prepare<[string], Row>('SELECT * FROM api_keys WHERE project = ? ORDER BY created_at DESC, id')
        .all(project)
        .map(fromRow),
    );
  }

  /** Replaces what a key is good for. Errors: `key_not_found`. */
  setScopes(id: string, scopes: KeyScopes): StoredKey {
    this.get(id);
    this.within(() =>
      this.database.connection
        .prepare('UPDATE api_keys SET scopes = ?, narrowed_from = NULL WHERE id = ?')
        .run(JSON.stringify(scopes), id),
    );
    return this.get(id);
  }

  /** The key is refused from now on; its row stays for the record. Errors: `key_not_found`. */
  revoke(id: string): void {
    this.get(id);
    this.within(() =>
      this.database.connection
        .prepare('UPDATE api_keys SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?')
        .run(this.clock.now(), id),
    );
  }

  private within<T>(work: () => T): T {
    return withStorageErrors(this.database.file, work);
  }
}

/** Scopes are parsed once for each text: keys are looked up at every request. */
const parsed = new Map<string, KeyScopes>();

function scopesOf(text: string): KeyScopes {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const scopes = KeyScopes.parse(JSON.parse(text));
  if (parsed.size > 1_000) parsed.clear();
  parsed.set(text, scopes);
  return scopes;
}

const Narrowed = z.array(z.string());

function fromRow(row: Row): StoredKey {
  return {
    id: row.id,
    prefix: row.prefix,
    name: row.name,
    owner: row.owner,
    project: row.project,
    scopes: scopesOf(row.scopes),
    createdAt: row.created_at,
    usedAt: row.used_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
    narrowedFrom: row.narrowed_from === null ? undefined : Narrowed.parse(JSON.parse(row.narrowed_from)),
  };
}
