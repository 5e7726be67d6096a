import type { IdentityStores } from '@heddle/adapters/identity';
import type { Audit, Budget, SharedLimits } from '@heddle/core';
import type { TrustedClock } from '../common/trusted-clock.js';
import { isPublicHost } from '../http/host-check.js';
import type { Settings } from '../settings/settings-table.js';
import { AccountService } from './account.service.js';
import { createAccountIdentity } from './account-identity.js';
import { CallerRights } from './rights/caller-rights.js';
import type { Identity } from './identity.js';
import { KeyService } from './key.service.js';
import { GroupService } from './readers/group.service.js';
import { OAuthClients, type ReadDocument } from './oauth/oauth-clients.js';
import { OAuthService } from './oauth/oauth.service.js';
import { ProviderTokens } from './oauth/provider-tokens.js';
import { ProjectService } from './project.service.js';
import { createProvider, createProviderSignIn, type ProviderService } from './sign-in/provider.service.js';
import { SessionService } from './sign-in/session.service.js';
import { UserService } from './user.service.js';

/** Accounts, API keys and the identity of callers. */
export interface Auth {
  readonly accounts: AccountService;
  readonly identity: Identity;
  /** Checks repeatedly that callers of long replies still have their rights. */
  readonly rights: CallerRights;
  readonly users: UserService;
  readonly sessions: SessionService;
  readonly keys: KeyService;
  readonly groups: GroupService;
  readonly projects: ProjectService;
  /** Sign-in through a provider; undefined if none is configured. */
  readonly provider: ProviderService | undefined;
  /** The programs that people connect to the MCP endpoint. */
  readonly oauthClients: OAuthClients;
  readonly oauth: OAuthService;
}

/** Creates the services of accounts. */
export function createAuth(
  settings: Settings,
  stores: IdentityStores,
  audit: Audit,
  clock: TrustedClock,
  workflows: { get(name: string): Promise<{ readonly id: string }> },
  budgets: { list(): readonly Budget[] },
  readDocument: ReadDocument,
  sharedLimits?: SharedLimits,
): Auth {
  const accounts = new AccountService(stores, audit, clock, isPublicHost(settings), sharedLimits);
  const signIn = createProviderSignIn(settings, clock);
  const { publicUrl } = settings;
  const identity = createAccountIdentity({
    stores,
    clock: clock.rights,
    rates: accounts.rates,
    commandToken: accounts.commandToken,
    isSignInNeeded: () => accounts.isSignInNeeded(),
    providerTokens:
      signIn && new ProviderTokens({ stores, keysOf: () => signIn.keys(), publicUrl, clock: clock.rights }),
  });
  const keys = new KeyService(stores, audit, clock, budgets, workflows);
  const oauthClients = new OAuthClients(stores.oauth, clock, readDocument);
  return {
    accounts,
    identity,
    rights: new CallerRights(stores, identity, clock),
    users: new UserService(stores, audit, accounts),
    sessions: new SessionService(stores, audit, clock),
    keys,
    groups: new GroupService(stores, audit, settings.oidcIssuer),
    projects: new ProjectService(stores, audit, clock),
    provider: createProvider(settings, stores, audit, accounts, signIn),
    oauthClients,
    oauth: new OAuthService({ stores, keys, clients: oauthClients, clock: clock.rights }),
  };
}
