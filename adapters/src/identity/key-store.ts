import { HeddleError, KeyScopes, type Clock, type GuardedWrite, type Tables } from '@heddle/core';
import { z } from 'zod';
import { hashToken, newId, newToken } from './secret-token.js';

/** An API key without its secret. */
export interface StoredKey {
  readonly id: string;
  /** The visible part of the key, enough to tell keys apart. */
  readonly prefix: string;
  readonly name: string;
  /** The principal whose rights the key has, narrowed to its scopes: `local`, `user:ID` or `service:ID`. */
  readonly owner: string;
  readonly project: string;
  readonly scopes: KeyScopes;
  readonly createdAt: number;
  readonly usedAt: number | undefined;
  readonly revokedAt: number | undefined;
  /** Rights that the key had before keys were limited to calls of published versions; undefined if it had no others. */
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

type NewKey = Pick<StoredKey, 'name' | 'owner' | 'project' | 'scopes'>;

/** A new key with its secret, which is not stored and cannot be shown again. */
interface MadeKey {
  readonly secret: string;
  readonly key: StoredKey;
}

/** Stores API keys, with scopes. A key is shown once, and only its hash is stored. */
export class KeyStore {
  /** The changes as statements, for commits that include other changes. */
  readonly write: KeyWrites;
  private readonly byHash;
  private readonly byId;

  constructor(
    private readonly tables: Tables,
    private readonly clock: Pick<Clock, 'now'>,
  ) {
    this.write = new KeyWrites(clock);
    this.byHash = tables.lookup<Row>('SELECT * FROM api_keys WHERE hash = @hash');
    this.byId = tables.lookup<Row>('SELECT * FROM api_keys WHERE id = @id');
  }

  async create(key: NewKey): Promise<MadeKey> {
    const { writes, ...made } = this.write.create(key);
    await this.tables.commit(writes);
    return made;
  }

  /** Finds the key for a secret, even if it was revoked. */
  async find(secret: string): Promise<StoredKey | undefined> {
    const row = await this.byHash({ hash: hashToken(secret) });
    if (row === undefined) return undefined;
    const now = this.clock.now();
    if (now - (row.used_at ?? 0) > usedEveryMs)
      await this.tables.note([
        { sql: 'UPDATE api_keys SET used_at = @now WHERE id = @id', values: { now, id: row.id } },
      ]);
    return fromRow(row);
  }

  /** Errors: `key_not_found`. */
  async get(id: string): Promise<StoredKey> {
    const row = await this.byId({ id });
    if (row === undefined) throw keyNotFound(id);
    return fromRow(row);
  }

  /** Whether there is a key with this id, even a revoked one. */
  async has(id: string): Promise<boolean> {
    return (await this.byId({ id })) !== undefined;
  }

  async list(project: string): Promise<readonly StoredKey[]> {
    const sql = 'SELECT * FROM api_keys WHERE project = @project ORDER BY created_at DESC, id';
    return (await this.tables.all<Row>(sql, { project })).map(fromRow);
  }

  /** Errors: `key_not_found`. */
  async revoke(id: string): Promise<void> {
    await this.tables.commit(this.write.revoke(id));
  }
}

class KeyWrites {
  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  /** Errors of the commit: `conflict` if the project does not exist any more. */
  create({ name, owner, project, scopes }: NewKey): MadeKey & { readonly writes: readonly GuardedWrite[] } {
    const secret = newToken('hk');
    const key: StoredKey = {
      id: newId('k'),
      prefix: secret.slice(0, 9),
      name,
      owner,
      project,
      scopes,
      createdAt: this.clock.now(),
      usedAt: undefined,
      revokedAt: undefined,
      narrowedFrom: undefined,
    };
    const write: GuardedWrite = {
      sql: `INSERT INTO api_keys (id, hash, prefix, name, owner, project, scopes, created_at)
        VALUES (@id, @hash, @prefix, @name, @owner, @project, @scopes, @createdAt)`,
      values: {
        id: key.id,
        hash: hashToken(secret),
        prefix: key.prefix,
        name,
        owner,
        project,
        scopes: JSON.stringify(scopes),
        createdAt: key.createdAt,
      },
    };
    return { secret, key, writes: [write] };
  }

  /** Replaces the scopes of a key. Errors of the commit: `key_not_found`. */
  setScopes(id: string, scopes: KeyScopes): readonly GuardedWrite[] {
    const sql = 'UPDATE api_keys SET scopes = @scopes, narrowed_from = NULL WHERE id = @id';
    return [{ sql, values: { id, scopes: JSON.stringify(scopes) }, ...oneKey(id) }];
  }

  /** Revokes a key from now on. Its row stays for the record. Errors of the commit: `key_not_found`. */
  revoke(id: string): readonly GuardedWrite[] {
    const sql = 'UPDATE api_keys SET revoked_at = coalesce(revoked_at, @now) WHERE id = @id';
    return [{ sql, values: { id, now: this.clock.now() }, ...oneKey(id) }];
  }
}

const keyNotFound = (id: string): HeddleError =>
  new HeddleError('key_not_found', `There is no API key '${id}': heddle keys lists them.`);

const oneKey = (id: string): Pick<GuardedWrite, 'rows' | 'otherwise'> => ({
  rows: 1,
  otherwise: () => keyNotFound(id),
});

/** Each text of scopes is parsed once, because every request looks up a key. */
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
