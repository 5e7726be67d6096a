import type { IdentityStores } from '@heddle/adapters/identity';
import type { Audit, Budget } from '@heddle/core';
import type { TrustedClock } from '../common/trusted-clock.js';
import { isPublicPlace } from '../http/host-check.js';
import type { Settings } from '../settings/settings-table.js';
import { AccountService } from './account.service.js';
import { createAccountIdentity } from './account-identity.js';
import { CallerRights } from './caller-rights.js';
import type { Identity } from './identity.js';
import { KeyService } from './key.service.js';
import { ProjectService } from './project.service.js';
import { createProvider, type ProviderService } from './provider.service.js';
import { SessionService } from './session.service.js';
import { UserService } from './user.service.js';

/** Accounts and API keys, and who sends a request. */
export interface Auth {
  readonly accounts: AccountService;
  readonly identity: Identity;
  /** Whether callers of long replies keep their rights. */
  readonly rights: CallerRights;
  readonly users: UserService;
  readonly sessions: SessionService;
  readonly keys: KeyService;
  readonly projects: ProjectService;
  /** Sign-in by a provider; undefined where none is set up. */
  readonly provider: ProviderService | undefined;
}

/** What accounts work with. */
export interface AuthDependencies {
  readonly settings: Settings;
  readonly stores: IdentityStores;
  readonly audit: Audit;
  readonly clock: TrustedClock;
  /** Finds a workflow by id or slug. */
  readonly workflows: { get(name: string): Promise<{ readonly id: string }> };
  readonly budgets: { list(): readonly Budget[] };
}

/** Makes the services of accounts. */
export function createAuth({ settings, stores, audit, clock, workflows, budgets }: AuthDependencies): Auth {
  const accounts = new AccountService({ stores, audit, clock, isForced: isPublicPlace(settings) });
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
    rights: new CallerRights({ stores, identity, clock }),
    users: new UserService({ stores, audit, accounts }),
    sessions: new SessionService({ stores, audit, clock }),
    keys: new KeyService({ stores, audit, clock, workflows, budgets }),
    projects: new ProjectService({ stores, audit, clock }),
    provider: createProvider(settings, { stores, audit, clock, accounts }),
  };
}
