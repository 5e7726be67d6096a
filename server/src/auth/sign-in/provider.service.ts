import type { IdentityStores, StoredUser } from '@heddle/adapters/identity';
import {
  defaultProject,
  HeddleError,
  Reader,
  type Audit,
  type AuditEvent,
  type Clock,
  type GuardedWrite,
  type Role,
} from '@heddle/core';
import type { Settings } from '../../settings/settings-table.js';
import type { AccountService } from '../account.service.js';
import { networkOf } from '../../http/network-of.js';
import { ProviderSignIn, type BegunProviderSignIn, type ProviderClaims } from './provider-sign-in.js';
import { beginSession, type BegunSession, type Browser } from './session.service.js';

/** The session of a user who came back from the provider. */
interface ProviderSession extends BegunSession {
  readonly to: string;
}

/** Sign-in through a provider. A user is created if there is none and the domain of the email address is in the settings. */
export class ProviderService {
  constructor(
    private readonly signIn: Pick<ProviderSignIn, 'begin' | 'finish'>,
    private readonly stores: IdentityStores,
    private readonly audit: Audit,
    private readonly accounts: Pick<AccountService, 'rates' | 'hasUsers'>,
    private readonly issuer: string,
    private readonly settings: Pick<Settings, 'oidcDomains' | 'oidcGroupsClaim' | 'oidcRoles'>,
  ) {}

  describe(): { readonly name: string; readonly address: string } {
    return { name: new URL(this.issuer).host, address: '/api/auth/oidc/start' };
  }

  /** Errors: `provider_failed`, `too_many_requests`. */
  begin(back: string, to: string, { ip }: Browser): Promise<BegunProviderSignIn> {
    this.accounts.rates.take(`oidc:${networkOf(ip)}`, 20);
    return this.signIn.begin(back, to);
  }

  /** Errors: `sign_in_failed`. */
  async finish(ticket: string | undefined, query: string, browser: Browser): Promise<ProviderSession> {
    this.accounts.rates.take(`oidc:${networkOf(browser.ip)}`, 20);
    try {
      const claimed = await this.signIn.finish(ticket, query);
      const session = await this.letIn(claimed, browser);
      return { ...session, to: claimed.to };
    } catch (error) {
      const reason = error instanceof HeddleError ? error.message : 'internal';
      const details = { with: 'provider', reason, address: browser.ip };
      await this.audit.write({ kind: 'sign-in', who: 'anonymous', subject: 'user', isAllowed: false, details });
      throw error;
    }
  }

  private async letIn(claimed: ProviderClaims, browser: Browser): Promise<BegunSession> {
    const { stores, audit } = this;
    const known = await stores.users.bySubject(claimed.issuer, claimed.subject);
    const { user, writes: made } = known === undefined ? await this.byAddress(claimed) : { user: known, writes: [] };
    if (user.isDisabled) throw refused('disabled', 'This account is disabled.');
    const member = `user:${user.id}` as const;
    const roles = await this.setRoles(member, claimed);
    const groups = await this.setGroups(user, claimed);
    const { session, writes: begun } = beginSession(stores, user.id, browser);
    const details = { with: 'provider', issuer: claimed.issuer, address: browser.ip };
    const events: AuditEvent[] = [{ kind: 'sign-in', who: member, subject: member, details }];
    if (groups !== undefined)
      events.push({
        kind: 'user',
        who: member,
        subject: member,
        details: { step: 'groups claimed', ...groups.change },
      });
    await audit.commit(events, [
      ...made,
      ...roles.writes,
      ...(groups?.writes ?? []),
      ...(await this.ownWrites(member, roles.held)),
      ...stores.users.write.sawSignIn(user.id),
      ...begun,
    ]);
    return session;
  }

  /**
   * Finds or creates the user by an email address that the provider has verified. An unverified address would let anybody take over an
   * account.
   */
  private async byAddress({ issuer, subject, claims }: ProviderClaims) {
    const { users, projects } = this.stores;
    const email = typeof claims['email'] === 'string' ? claims['email'].toLowerCase() : '';
    if (email === '' || claims['email_verified'] !== true)
      throw refused('unverified', 'The sign-in provider gives no verified email address.');
    const known = await users.byEmail(email);
    if (known !== undefined) {
      if (await users.hasSubject(known.id, issuer))
        throw refused('taken', 'The account with this address belongs to another person at the sign-in provider.');
      return { user: known, writes: users.write.linkSubject(known.id, issuer, subject) };
    }
    const domain = email.slice(email.lastIndexOf('@') + 1);
    if (!this.settings.oidcDomains.some((allowed) => allowed.toLowerCase() === domain))
      throw refused('unknown', 'There is no user with this address: ask to be invited.');
    const name =
      typeof claims['name'] === 'string' && claims['name'].trim() !== '' ? claims['name'].slice(0, 100) : email;
    const { user, writes } = users.write.create({ email, name });
    // Without a mapping of groups, a new user may only read.
    const isUnmapped = this.settings.oidcRoles.length === 0;
    return {
      user,
      writes: [
        ...writes,
        ...users.write.linkSubject(user.id, issuer, subject),
        ...(isUnmapped ? projects.write.setRoles(defaultProject, `user:${user.id}`, ['viewer']) : []),
      ],
    };
  }

  /** Stores the groups that the provider states now, for lists of readers. Undefined if nothing changed. */
  private async setGroups({ id }: StoredUser, { claims, issuer }: ProviderClaims) {
    const { groups } = this.stores;
    const before = await groups.claimed(id, issuer);
    const now = groupsIn(claims[this.settings.oidcGroupsClaim]).filter(
      (name) => Reader.safeParse(`oidc-group:${name}`).success,
    );
    const added = [...new Set(now)].filter((name) => !before.includes(name));
    const removed = before.filter((name) => !now.includes(name));
    if (added.length + removed.length === 0) return undefined;
    return { change: { added, removed }, writes: groups.write.setClaimed(id, issuer, now) };
  }

  /** The roles that the groups of the provider give; undefined if the settings map no groups to roles. */
  private async setRoles(member: string, { claims }: ProviderClaims) {
    const { projects } = this.stores;
    const { oidcRoles: roles, oidcGroupsClaim: groupsClaim } = this.settings;
    if (roles.length === 0) return { held: undefined, writes: [] };
    const groups = new Set(groupsIn(claims[groupsClaim]));
    const given = new Set(roles.filter(({ group }) => group === '*' || groups.has(group)).map(({ role }) => role));
    // The last owner stays owner, whatever their groups.
    if (!given.has('owner') && (await projects.isLastOwner(defaultProject, member))) given.add('owner');
    const held = [...given];
    return { held, writes: projects.write.setRoles(defaultProject, member, held) };
  }

  /**
   * Makes the first user with the role of owner the owner of everything. Signing in first does not make a user owner: that needs a group of
   * the provider, or the link that the start printed.
   */
  private async ownWrites(member: string, held: readonly Role[] | undefined): Promise<readonly GuardedWrite[]> {
    const { accounts, stores } = this;
    if (await accounts.hasUsers()) return [];
    const roles = held ?? (await stores.projects.rolesOf(member)).get(defaultProject) ?? [];
    if (roles.includes('owner')) return stores.projects.write.ownEverything(member);
    throw refused(
      'ownerless',
      "There is no owner yet: create the owner's account with the link that was printed at the start.",
    );
  }
}

/** The groups of a claim, which is a list or a single name. */
const groupsIn = (claimed: unknown): string[] =>
  Array.isArray(claimed) ? claimed.map(String) : typeof claimed === 'string' ? [claimed] : [];

/** Creates the sign-in protocol for the provider in the settings; undefined if they name none. */
export function createProviderSignIn(settings: Settings, clock: Pick<Clock, 'now'>): ProviderSignIn | undefined {
  const { oidcIssuer: issuer, oidcClientId: clientId, oidcClientSecret: clientSecret } = settings;
  return issuer === undefined ? undefined : new ProviderSignIn({ issuer, clientId, clientSecret }, clock);
}

/** Creates the sign-in service for the provider in the settings; undefined if they name none. */
export function createProvider(
  settings: Settings,
  stores: IdentityStores,
  audit: Audit,
  accounts: AccountService,
  signIn: ProviderSignIn | undefined,
): ProviderService | undefined {
  const { oidcIssuer: issuer } = settings;
  if (issuer === undefined || signIn === undefined) return undefined;
  return new ProviderService(signIn, stores, audit, accounts, issuer, settings);
}

/** The error for a user whom the provider knows but who may not sign in. The sign-in page shows the reason. */
function refused(reason: 'disabled' | 'unverified' | 'unknown' | 'taken' | 'ownerless', message: string): HeddleError {
  return new HeddleError('sign_in_failed', message, { details: { reason } });
}
