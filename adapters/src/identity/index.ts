import type { Clock, Grants } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { createGrants } from './grant-store.js';
import { GroupStore } from './group-store.js';
import { KeyStore } from './key-store.js';
import { LinkStore } from './link-store.js';
import { OwnedStore } from './owned-store.js';
import { KnownNetworkStore } from './known-network-store.js';
import { OAuthStore } from './oauth-store.js';
import { ProjectStore } from './project-store.js';
import { createSealedText } from './sealed-text.js';
import { SessionStore, type SessionLimits } from './session-store.js';
import { UserStore } from './user-store.js';

export { checkPassword, hashPassword } from './password-hash.js';
export { matchTotp, newRecoveryCodes, newTotpSecret, totpAddress, totpCode } from './totp.js';
export { hashToken, newToken } from './secret-token.js';
export { createGrants } from './grant-store.js';
export { GroupStore, type StoredGroup } from './group-store.js';
export { KeyStore, type StoredKey } from './key-store.js';
export { LinkStore, type OneTimeLink } from './link-store.js';
export { OAuthStore, type OAuthClient, type StoredToken } from './oauth-store.js';
export { OwnedStore } from './owned-store.js';
export { KnownNetworkStore } from './known-network-store.js';
export { ProjectStore, type Membership, type StoredProject, type StoredService } from './project-store.js';
export { SessionStore, type SessionLimits, type StoredSession } from './session-store.js';
export { normalEmail, UserStore, type StoredUser } from './user-store.js';

/** Everything that is kept about who may do what. */
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

/** Opens the stores of identity over heddle.db. @example openIdentity(database, { clock, keyFile, limits }) */
export function openIdentity(
  database: HeddleDatabase,
  options: {
    /** The clock by which rights end: it does not go back. */
    readonly clock: Pick<Clock, 'now'>;
    /** The clock by which what has ended is removed; default: the same. */
    readonly trusted?: Pick<Clock, 'now'>;
    readonly keyFile: string;
    readonly limits: SessionLimits;
  },
): IdentityStores {
  const { clock, trusted = clock, keyFile, limits } = options;
  const grants = createGrants(database);
  return {
    users: new UserStore(database, clock, createSealedText(database, keyFile)),
    sessions: new SessionStore(database, { clock, trusted }, limits),
    projects: new ProjectStore(database, clock, grants),
    groups: new GroupStore(database, clock),
    keys: new KeyStore(database, clock),
    links: new LinkStore(database, { clock, trusted }),
    knownNetworks: new KnownNetworkStore(database, { clock, trusted }),
    owned: new OwnedStore(database),
    grants,
    oauth: new OAuthStore(database, { clock, trusted }),
  };
}
