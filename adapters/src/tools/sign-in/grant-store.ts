import { z } from 'zod';
import { createSealedText } from '../../identity/sealed-text.js';
import type { HeddleDatabase } from '../../database/open-database.js';
import { withStorageErrors } from '../../database/storage-error.js';

/** What an authorization server gave: who Heddle is there, what it may do, and where it was found. */
export const Grant = z.object({
  client: z.looseObject({ client_id: z.string() }),
  discovery: z.looseObject({ authorizationServerUrl: z.string() }),
  tokens: z.looseObject({
    access_token: z.string(),
    token_type: z.string(),
    refresh_token: z.string().optional(),
    expires_in: z.number().optional(),
  }),
  /** Address that the browser was sent back to; a client is registered for it. */
  redirectUrl: z.string(),
  /** Epoch milliseconds. */
  obtainedAt: z.number(),
});
export type Grant = z.infer<typeof Grant>;

/** How it stands with the sign-in to a server, without what is secret of it. */
export interface GrantStanding {
  /** When the present token ends (epoch milliseconds), where the server said so. */
  readonly expiresAt: number | undefined;
}

/** Grants in heddle.db, sealed with the key of the data folder. Writing is plain SQL, for a transaction that is open already. */
export interface GrantStore {
  /** Errors: `secret_unreadable`. */
  get(server: string): Grant | undefined;
  /** Nothing where the server was removed meanwhile. */
  save(server: string, grant: Grant): void;
  remove(server: string): void;
  standing(server: string): GrantStanding | undefined;
}

/** When the token of a grant ends. */
export const expiryOf = ({ tokens, obtainedAt }: Grant): number | undefined =>
  tokens.expires_in === undefined ? undefined : obtainedAt + tokens.expires_in * 1_000;

export function createGrantStore(
  database: HeddleDatabase,
  keyFile: string,
  clock: { readonly now: () => number },
): GrantStore {
  const { connection, file } = database;
  const sealed = createSealedText(database, keyFile);
  const read = connection.prepare<[string], Buffer>('SELECT sealed FROM tool_grants WHERE server = ?').pluck();
  const expiry = connection.prepare<[string], { readonly expires_at: number | null }>(
    'SELECT expires_at FROM tool_grants WHERE server = ?',
  );
  const write = connection.prepare<[Buffer, number | null, number, string]>(
    `INSERT INTO tool_grants (server, sealed, expires_at, updated_at) SELECT id, ?, ?, ? FROM tool_servers WHERE id = ?
     ON CONFLICT (server) DO UPDATE SET sealed = excluded.sealed, expires_at = excluded.expires_at, updated_at = excluded.updated_at`,
  );
  const drop = connection.prepare<[string]>('DELETE FROM tool_grants WHERE server = ?');
  const nameOf = (server: string): string => `tool-grant:${server}`;
  const within = <T>(work: () => T): T => withStorageErrors(file, work);
  return {
    get: (server) =>
      within(() => {
        const row = read.get(server);
        return row === undefined ? undefined : Grant.parse(JSON.parse(sealed.open(nameOf(server), row)));
      }),
    save: (server, grant) =>
      within(() => {
        const body = sealed.seal(nameOf(server), JSON.stringify(grant));
        write.run(body, expiryOf(grant) ?? null, clock.now(), server);
      }),
    remove: (server) => within(() => void drop.run(server)),
    standing: (server) =>
      within(() => {
        const row = expiry.get(server);
        return row === undefined ? undefined : { expiresAt: row.expires_at ?? undefined };
      }),
  };
}
