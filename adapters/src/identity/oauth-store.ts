import { z } from 'zod';
import type { HeddleDatabase } from '../database/open-database.js';
import { rememberReads } from '../database/remember-reads.js';
import { withStorageErrors } from '../database/storage-error.js';
import type { EndClocks } from './end-clocks.js';
import { hashToken, newId, newToken } from './secret-token.js';

const OAuthClient = z.object({
  id: z.string(),
  name: z.string(),
  redirectUris: z.array(z.string()),
  /** The page of the program. */
  page: z.string().optional(),
});
/** A program that people can connect. */
export type OAuthClient = z.infer<typeof OAuthClient>;

/** A token by its hash. */
export interface StoredToken {
  readonly kind: 'access' | 'refresh';
  /** The API key that holds what the person agreed to. */
  readonly keyId: string;
  readonly client: string;
  readonly expiresAt: number;
}

interface TokenRow {
  readonly kind: string;
  readonly key_id: string;
  readonly client: string;
  readonly expires_at: number;
  readonly used_at: number | null;
}

const prefixes = { access: 'hat', refresh: 'hrt' } as const;
/** The longest life of a token. A token that ends later was made while the clock was wrong, and is refused. */
const longestMs = 60 * 86_400_000;
const dayMs = 86_400_000;

/** Programs that registered, and the tokens of those that people connected: hashed at rest, good for a time. */
export class OAuthStore {
  private readonly byHash;

  constructor(
    private readonly database: HeddleDatabase,
    private readonly clocks: EndClocks,
  ) {
    const byHash = database.connection.prepare<[string], TokenRow>('SELECT * FROM oauth_tokens WHERE hash = ?');
    this.byHash = rememberReads(database, (hash) => byHash.get(hash));
  }

  /**
   * Registers a program. Removes programs that no person connected within a day, and above `most` the oldest unconnected ones. Returns
   * undefined if `most` programs are connected.
   */
  register(client: Omit<OAuthClient, 'id'>, most: number): OAuthClient | undefined {
    const made = { id: newId('oc'), ...client };
    const now = this.clocks.clock.now();
    const { connection } = this.database;
    return this.within(() =>
      connection
        .transaction(() => {
          connection
            .prepare('DELETE FROM oauth_clients WHERE used_at IS NULL AND created_at < ?')
            .run(this.clocks.trusted.now() - dayMs);
          const [count = 0] = connection.prepare<[], number>('SELECT count(*) FROM oauth_clients').pluck().all();
          if (count >= most) {
            const oldest = 'SELECT id FROM oauth_clients WHERE used_at IS NULL ORDER BY created_at, id LIMIT ?';
            const gone = connection
              .prepare(`DELETE FROM oauth_clients WHERE id IN (${oldest})`)
              .run(count - most + 1).changes;
            if (gone === 0) return undefined;
          }
          connection
            .prepare('INSERT INTO oauth_clients (id, body, created_at) VALUES (?, ?, ?)')
            .run(made.id, JSON.stringify(made), now);
          return made;
        })
        .immediate(),
    );
  }

  client(id: string): OAuthClient | undefined {
    const body = this.within(() =>
      this.database.connection.prepare<[string], string>('SELECT body FROM oauth_clients WHERE id = ?').pluck().get(id),
    );
    return body === undefined ? undefined : OAuthClient.parse(JSON.parse(body));
  }

  /** A person connected it: it stays. */
  keepClient(id: string): void {
    const { connection } = this.database;
    this.within(() =>
      connection.prepare('UPDATE oauth_clients SET used_at = ? WHERE id = ?').run(this.clocks.clock.now(), id),
    );
  }

  /** Makes tokens for a consent; they are never to be had again. What has ended long ago is removed. */
  give(
    keyId: string,
    client: string,
    lives: Readonly<Record<'access' | 'refresh', number>>,
  ): Readonly<Record<'access' | 'refresh', string>> {
    const { connection } = this.database;
    const now = this.clocks.clock.now();
    const tokens = { access: newToken(prefixes.access), refresh: newToken(prefixes.refresh) };
    this.within(() =>
      connection
        .transaction(() => {
          connection.prepare('DELETE FROM oauth_tokens WHERE expires_at < ?').run(this.clocks.trusted.now() - dayMs);
          const insert = connection.prepare(
            'INSERT INTO oauth_tokens (hash, kind, key_id, client, expires_at) VALUES (?, ?, ?, ?, ?)',
          );
          for (const kind of ['access', 'refresh'] as const)
            insert.run(hashToken(tokens[kind]), kind, keyId, client, now + Math.min(lives[kind], longestMs));
        })
        .immediate(),
    );
    return tokens;
  }

  /** A token that is good now. */
  find(token: string): StoredToken | undefined {
    const row = this.within(() => this.byHash(hashToken(token)));
    return row === undefined || row.used_at !== null ? undefined : this.alive(row);
  }

  /** Takes a refresh token, which works once. A token that was used before returns its consent as `reused`, because somebody has a copy of it. */
  take(token: string): StoredToken | { readonly reused: string } | undefined {
    const { connection } = this.database;
    const hash = hashToken(token);
    return this.within(() =>
      connection
        .transaction(() => {
          const row = connection.prepare<[string], TokenRow>('SELECT * FROM oauth_tokens WHERE hash = ?').get(hash);
          if (row === undefined || row.kind !== 'refresh') return undefined;
          if (row.used_at !== null) return { reused: row.key_id };
          const found = this.alive(row);
          if (found === undefined) return undefined;
          connection.prepare('UPDATE oauth_tokens SET used_at = ? WHERE hash = ?').run(this.clocks.clock.now(), hash);
          return found;
        })
        .immediate(),
    );
  }

  /** Ends one token. */
  end(token: string): void {
    this.within(() =>
      this.database.connection.prepare('DELETE FROM oauth_tokens WHERE hash = ?').run(hashToken(token)),
    );
  }

  /** Ends the tokens of a consent. */
  endAll(keyId: string): void {
    this.within(() => this.database.connection.prepare('DELETE FROM oauth_tokens WHERE key_id = ?').run(keyId));
  }

  private alive({ kind, key_id: keyId, client, expires_at: expiresAt }: TokenRow): StoredToken | undefined {
    const now = this.clocks.clock.now();
    if (expiresAt <= now || expiresAt > now + longestMs) return undefined;
    return { kind: kind === 'access' ? 'access' : 'refresh', keyId, client, expiresAt };
  }

  private within<T>(work: () => T): T {
    return withStorageErrors(this.database.file, work);
  }
}
