import type { GuardedWrite, Tables } from '@heddle/core';
import { z } from 'zod';
import { isDone } from '../sql/is-done.js';
import type { EndClocks } from './end-clocks.js';
import { hashToken, newId, newToken } from './secret-token.js';

const OAuthClient = z.object({
  id: z.string(),
  name: z.string(),
  redirectUris: z.array(z.string()),
  page: z.string().optional(),
});
/** An OAuth client: a program that people can connect. */
export type OAuthClient = z.infer<typeof OAuthClient>;

interface StoredToken {
  readonly kind: 'access' | 'refresh';
  /** The API key that carries the person's consent. */
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
/** The longest life of a token. A token that expires later was created while the clock was wrong, and is refused. */
const longestMs = 60 * 86_400_000;
const dayMs = 86_400_000;

/** Stores registered programs and the tokens of connected ones. Only hashes of tokens are stored, and tokens expire. */
export class OAuthStore {
  private readonly write: OAuthWrites;
  private readonly byHash;

  constructor(
    private readonly tables: Tables,
    private readonly clocks: EndClocks,
  ) {
    this.write = new OAuthWrites(clocks);
    this.byHash = tables.lookup<TokenRow>('SELECT * FROM oauth_tokens WHERE hash = @hash');
  }

  /**
   * Registers a program. Removes programs that no person connected within a day, and above `most` the oldest unconnected ones. Returns
   * undefined if `most` programs are connected.
   */
  async register(client: Omit<OAuthClient, 'id'>, most: number): Promise<OAuthClient | undefined> {
    const made = { id: newId('oc'), ...client };
    const isRegistered = await isDone(this.tables.note(this.write.register(made, most)));
    return isRegistered ? made : undefined;
  }

  async client(id: string): Promise<OAuthClient | undefined> {
    const row = await this.tables.get<{ body: string }>('SELECT body FROM oauth_clients WHERE id = @id', { id });
    return row === undefined ? undefined : OAuthClient.parse(JSON.parse(row.body));
  }

  /** Marks a program as connected by a person, so that it is kept. */
  async keepClient(id: string): Promise<void> {
    const values = { id, now: this.clocks.clock.now() };
    await this.tables.note([{ sql: 'UPDATE oauth_clients SET used_at = @now WHERE id = @id', values }]);
  }

  /** Creates the tokens of a consent, which cannot be read again. Deletes tokens that expired long ago. */
  async give(
    keyId: string,
    client: string,
    lives: Readonly<Record<'access' | 'refresh', number>>,
  ): Promise<Readonly<Record<'access' | 'refresh', string>>> {
    const now = this.clocks.clock.now();
    const tokens = { access: newToken(prefixes.access), refresh: newToken(prefixes.refresh) };
    await this.tables.note([
      {
        sql: 'DELETE FROM oauth_tokens WHERE expires_at < @until',
        values: { until: this.clocks.trusted.now() - dayMs },
      },
      ...(['access', 'refresh'] as const).map((kind) => ({
        sql: 'INSERT INTO oauth_tokens (hash, kind, key_id, client, expires_at) VALUES (@hash, @kind, @keyId, @client, @end)',
        values: { hash: hashToken(tokens[kind]), kind, keyId, client, end: now + Math.min(lives[kind], longestMs) },
      })),
    ]);
    return tokens;
  }

  async find(token: string): Promise<StoredToken | undefined> {
    const row = await this.byHash({ hash: hashToken(token) });
    return row === undefined || row.used_at !== null ? undefined : this.alive(row);
  }

  /**
   * Uses a refresh token, which works once. For a token that was used before, it returns the consent as `reused`, because somebody else has
   * a copy.
   */
  async take(token: string): Promise<StoredToken | { readonly reused: string } | undefined> {
    const hash = hashToken(token);
    const row = await this.byHash({ hash });
    if (row?.kind !== 'refresh') return undefined;
    if (row.used_at !== null) return { reused: row.key_id };
    const found = this.alive(row);
    if (found === undefined) return undefined;
    const use: GuardedWrite = {
      sql: 'UPDATE oauth_tokens SET used_at = @now WHERE hash = @hash AND used_at IS NULL',
      values: { hash, now: this.clocks.clock.now() },
      rows: 1,
    };
    // If two requests come at once, the second one counts as a copy too, unless the consent has ended.
    if (await isDone(this.tables.note([use]))) return found;
    return { reused: row.key_id };
  }

  async end(token: string): Promise<void> {
    const values = { hash: hashToken(token) };
    await this.tables.note([{ sql: 'DELETE FROM oauth_tokens WHERE hash = @hash', values }]);
  }

  async endAll(keyId: string): Promise<void> {
    await this.tables.note([{ sql: 'DELETE FROM oauth_tokens WHERE key_id = @keyId', values: { keyId } }]);
  }

  private alive({ kind, key_id: keyId, client, expires_at: expiresAt }: TokenRow): StoredToken | undefined {
    const now = this.clocks.clock.now();
    if (expiresAt <= now || expiresAt > now + longestMs) return undefined;
    return { kind: kind === 'access' ? 'access' : 'refresh', keyId, client, expiresAt };
  }
}

class OAuthWrites {
  constructor(private readonly clocks: EndClocks) {}

  /** Errors of the commit: `conflict` if `most` programs are connected. */
  register(made: OAuthClient, most: number): readonly GuardedWrite[] {
    const room = '(SELECT CASE WHEN count(*) >= @most THEN count(*) - @most + 1 ELSE 0 END FROM oauth_clients)';
    return [
      {
        sql: 'DELETE FROM oauth_clients WHERE used_at IS NULL AND created_at < @until',
        values: { until: this.clocks.trusted.now() - dayMs },
      },
      {
        sql: `DELETE FROM oauth_clients WHERE id IN
          (SELECT id FROM oauth_clients WHERE used_at IS NULL ORDER BY created_at, id LIMIT ${room})`,
        values: { most },
      },
      {
        sql: 'SELECT 1 FROM (SELECT count(*) AS n FROM oauth_clients) counted WHERE n < @most',
        values: { most },
        rows: 1,
      },
      {
        sql: 'INSERT INTO oauth_clients (id, body, created_at) VALUES (@id, @body, @now)',
        values: { id: made.id, body: JSON.stringify(made), now: this.clocks.clock.now() },
      },
    ];
  }
}
