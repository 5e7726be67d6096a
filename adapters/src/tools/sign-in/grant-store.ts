import type { GuardedWrite, Tables } from '@heddle/core';
import { z } from 'zod';
import type { SealedText } from '../../identity/sealed-text.js';
import { isDone } from '../../sql/is-done.js';

/** What an authorization server granted: Heddle's client registration, the tokens, and the discovered metadata. */
export const Grant = z.object({
  client: z.looseObject({ client_id: z.string() }),
  discovery: z.looseObject({ authorizationServerUrl: z.string() }),
  tokens: z.looseObject({
    access_token: z.string(),
    token_type: z.string(),
    refresh_token: z.string().optional(),
    expires_in: z.number().optional(),
  }),
  /** The address that the browser was sent back to; the client is registered for it. */
  redirectUrl: z.string(),
  /** Epoch milliseconds. */
  obtainedAt: z.number(),
});
export type Grant = z.infer<typeof Grant>;

/** The state of the sign-in to a server, without secrets. */
export interface GrantStanding {
  /** When the present token ends (epoch milliseconds); undefined where the server did not say. */
  readonly expiresAt: number | undefined;
}

interface StoredGrant {
  readonly grant: Grant;
  /** The stored bytes; a renewal replaces the grant only where these are unchanged. */
  readonly sealed: Uint8Array;
}

/** Stores grants, sealed with the key of the data folder. */
export interface GrantStore {
  /** Errors: `secret_unreadable`. */
  get(server: string): Promise<StoredGrant | undefined>;
  /** Writes nothing if the server was removed in the meantime. */
  save(server: string, grant: Grant): readonly GuardedWrite[];
  /** Replaces a grant. False if the stored grant has changed: another process renewed it, or a person signed out. */
  renew(server: string, before: StoredGrant, next: Grant): Promise<boolean>;
  remove(server: string): readonly GuardedWrite[];
  standing(server: string): Promise<GrantStanding | undefined>;
}

/** When the token of a grant ends (epoch milliseconds). */
export const expiryOf = ({ tokens, obtainedAt }: Grant): number | undefined =>
  tokens.expires_in === undefined ? undefined : obtainedAt + tokens.expires_in * 1_000;

/** @example const grants = createGrantStore(sqliteTables(database), sealed, clock); */
export function createGrantStore(
  tables: Tables,
  sealed: SealedText,
  clock: { readonly now: () => number },
): GrantStore {
  const nameOf = (server: string): string => `tool-grant:${server}`;
  const valuesOf = (server: string, grant: Grant) => ({
    server,
    now: clock.now(),
    expiry: expiryOf(grant) ?? null,
    sealed: sealed.seal(nameOf(server), JSON.stringify(grant)),
  });
  return {
    get: async (server) => {
      const row = await tables.get<{ sealed: Uint8Array }>('SELECT sealed FROM tool_grants WHERE server = @server', {
        server,
      });
      if (row === undefined) return undefined;
      return { grant: Grant.parse(JSON.parse(sealed.open(nameOf(server), row.sealed))), sealed: row.sealed };
    },
    save: (server, grant) => [
      {
        sql: `INSERT INTO tool_grants (server, sealed, expires_at, updated_at) SELECT id, @sealed, @expiry, @now FROM tool_servers
          WHERE id = @server ON CONFLICT (server) DO UPDATE SET sealed = excluded.sealed, expires_at = excluded.expires_at,
            updated_at = excluded.updated_at`,
        values: valuesOf(server, grant),
      },
    ],
    renew: (server, { sealed: before }, next) => {
      const sql = `UPDATE tool_grants SET sealed = @sealed, expires_at = @expiry, updated_at = @now
        WHERE server = @server AND sealed = @before`;
      return isDone(tables.commit([{ sql, values: { ...valuesOf(server, next), before }, rows: 1 }]));
    },
    remove: (server) => [{ sql: 'DELETE FROM tool_grants WHERE server = @server', values: { server } }],
    standing: async (server) => {
      const sql = 'SELECT expires_at FROM tool_grants WHERE server = @server';
      const row = await tables.get<{ expires_at: number | null }>(sql, { server });
      return row === undefined ? undefined : { expiresAt: row.expires_at ?? undefined };
    },
  };
}
