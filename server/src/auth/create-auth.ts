import type { IdentityStores } from '@heddle/adapters/identity';
import type { Audit, Budget } from '@heddle/core';
import type { TrustedClock } from '../common/trusted-clock.js';
import { isPublicHost } from '../http/host-check.js';
import type { Settings } from '../settings/settings-table.js';
import { AccountService } from './account.service.js';
import { createAccountIdentity } from './account-identity.js';
import { CallerRights } from './rights/caller-rights.js';
import type { Identity } from './identity.js';
import { KeyService } from './key.service.js';
import { GroupService } from './readers/group.service.js';
import { ProjectService } from './project.service.js';
import { createProvider, type ProviderService } from './sign-in/provider.service.js';
import { SessionService } from './sign-in/session.service.js';
import { UserService } from './user.service.js';

/** Accounts, API keys and the identity of callers. */
export interface Auth {
  readonly accounts: AccountService;
  readonly identity: Identity;
  /** Checks that callers of long replies still have their rights. */
  readonly rights: CallerRights;
  readonly users: UserService;
  readonly sessions: SessionService;
  readonly keys: KeyService;
  readonly groups: GroupService;
  readonly projects: ProjectService;
  /** Sign-in by a provider; undefined where none is configured. */
  readonly provider: ProviderService | undefined;
}

/** Makes the services of accounts. */
export function createAuth(
  settings: Settings,
  stores: IdentityStores,
  audit: Audit,
  clock: TrustedClock,
  workflows: { get(name: string): Promise<{ readonly id: string }> },
  budgets: { list(): readonly Budget[] },
): Auth {
  const accounts = new AccountService(stores, audit, clock, isPublicHost(settings));
  const identity = createAccountIdentity({
    stores,
    clock: clock.rights,
    rates: accounts.rates,
    commandToken: accounts.commandToken,
    isSignInNeeded: () => accounts.isSignInNeeded(),
  });
  return {
    accounts,
    identity,
    rights: new CallerRights(stores, identity, clock),
    users: new UserService(stores, audit, accounts),
    sessions: new SessionService(stores, audit, clock),
    keys: new KeyService(stores, audit, clock, budgets, workflows),
    groups: new GroupService(stores, audit, settings.oidcIssuer),
    projects: new ProjectService(stores, audit, clock),
    provider: createProvider(settings, stores, audit, accounts, clock),
  };
}
