import type { Clock, Grants, Tables } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { sqliteTables } from '../database/sqlite-tables.js';
import { createGrants } from './grant-store.js';
import { GroupStore } from './group-store.js';
import { KeyStore } from './key-store.js';
import { LinkStore } from './link-store.js';
import { OwnedStore } from './owned-store.js';
import { KnownNetworkStore } from './known-network-store.js';
import { OAuthStore } from './oauth-store.js';
import { ProjectStore } from './project-store.js';
import { createSealedText, type SealedText } from './sealed-text.js';
import { SessionStore, type SessionLimits } from './session-store.js';
import { UserStore } from './user-store.js';

export { matchesPassword, hashPassword } from './password-hash.js';
export { createSealedText, sealedWith, type SealedText } from './sealed-text.js';
export { readSharedKey } from './shared-key.js';
export { matchTotp, newRecoveryCodes, newTotpSecret, totpAddress, totpCode } from './totp.js';
export { newToken } from './secret-token.js';
export type { StoredGroup } from './group-store.js';
export { KeyStore, type StoredKey } from './key-store.js';
export { OAuthStore, type OAuthClient } from './oauth-store.js';
export type { StoredProject, StoredService } from './project-store.js';
export type { SessionLimits, StoredSession } from './session-store.js';
export { normalEmail, type StoredUser } from './user-store.js';

/** The stores of users, sessions, keys, projects and rights. */
export interface IdentityStores {
  readonly users: UserStore;
  readonly sessions: SessionStore;
  readonly projects: ProjectStore;
  readonly groups: GroupStore;
  readonly keys: KeyStore;
  readonly links: LinkStore;
  readonly knownNetworks: KnownNetworkStore;
  readonly owned: OwnedStore;
  readonly grants: Grants;
  readonly oauth: OAuthStore;
}

interface IdentityOptions {
  /** The clock that decides whether something has expired. It never goes back. */
  readonly clock: Pick<Clock, 'now'>;
  /** The clock that decides whether something expired is deleted. Default: `clock`. */
  readonly trusted?: Pick<Clock, 'now'>;
  readonly limits: SessionLimits;
}

/** Creates the identity stores. Grants and owners are loaded by `tables.refresh()`. */
export function createIdentity(
  tables: Tables,
  { clock, trusted = clock, limits }: IdentityOptions,
  sealed: SealedText,
): IdentityStores {
  const grants = createGrants(tables);
  return {
    users: new UserStore(tables, clock, sealed),
    sessions: new SessionStore(tables, { clock, trusted }, limits),
    projects: new ProjectStore(tables, clock, grants),
    groups: new GroupStore(tables, clock),
    keys: new KeyStore(tables, clock),
    links: new LinkStore(tables, { clock, trusted }),
    knownNetworks: new KnownNetworkStore(tables, { clock, trusted }),
    oauth: new OAuthStore(tables, { clock, trusted }),
    owned: new OwnedStore(tables),
    grants,
  };
}

/** Opens the identity stores of heddle.db. @example openIdentity(database, { clock, keyFile, limits }) */
export function openIdentity(
  database: HeddleDatabase,
  options: IdentityOptions & { readonly keyFile: string },
): IdentityStores {
  return createIdentity(sqliteTables(database), options, createSealedText(database, options.keyFile));
}
