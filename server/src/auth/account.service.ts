import {
  matchesPassword,
  hashPassword,
  matchTotp,
  newRecoveryCodes,
  newToken,
  newTotpSecret,
  normalEmail,
  totpAddress,
  type IdentityStores,
  type StoredUser,
} from '@heddle/adapters/identity';
import {
  HeddleError,
  type SharedLimits,
  steadySource,
  type AccountStep,
  type Audit,
  type AuditEvent,
  type Clock,
  type GuardedWrite,
  type PasswordRequest,
  type Principal,
  type SetupRequest,
  type SignInRequest,
  type TotpReply,
} from '@heddle/core';
import { networkOf } from '../http/network-of.js';
import { RateLimits } from './rate-limits.js';
import { beginSession, type Browser, type BegunSession } from './sign-in/session.service.js';

const day = 24 * 3_600_000;

/** Sign-in, and a user's own account. Each change is an audit event, and so is each refused sign-in. */
export class AccountService {
  /** The token that commands of the same operating-system user send to a running server. */
  readonly commandToken = newToken('hc');
  readonly rates: RateLimits;

  constructor(
    private readonly stores: IdentityStores,
    private readonly audit: Audit,
    private readonly clock: Clock,
    /**
     * Whether sign-in is needed even before there is a second user: the server does not listen on loopback only, or the setting requires
     * it.
     */
    private readonly isForced: boolean,
    sharedLimits?: SharedLimits,
  ) {
    this.rates = new RateLimits(steadySource(clock), sharedLimits);
  }

  /**
   * Whether anybody can sign in. The first user becomes the owner of every existing project, whichever way they signed up: before that,
   * everybody had access to all projects, and each project needs an owner.
   */
  async hasUsers(): Promise<boolean> {
    return (await this.stores.users.count()) > 0;
  }

  async isSignInNeeded(): Promise<boolean> {
    return this.isForced || (await this.stores.users.count()) > 1;
  }

  /** The token of the link that creates the first owner; undefined once a user exists. */
  async ownerLink(): Promise<string | undefined> {
    if (await this.hasUsers()) return undefined;
    return this.stores.links.create({ purpose: 'owner', userId: undefined }, day);
  }

  /** Errors: `sign_in_failed` if the link is invalid or used; `too_many_requests`. */
  async checkLink(token: string, browser: Browser): Promise<void> {
    this.rates.take(`setup-check:${networkOf(browser.ip)}`, 30);
    const link = await this.stores.links.peek(token);
    if (link === undefined || (link.userId === undefined && (await this.hasUsers()))) throw deadLink();
  }

  /**
   * Uses a one-time link and signs its user in. A user with a second factor must enter the code first: the link alone gives no session.
   * Errors: `sign_in_failed`, `bad_request`, `user_exists`, `too_many_requests`.
   */
  async setUp({ token, email, name, password }: SetupRequest, browser: Browser): Promise<BegunSession | undefined> {
    this.rates.take(`setup:${networkOf(browser.ip)}`, 10);
    const { users, links, sessions, knownNetworks } = this.stores;
    const hash = await hashPassword(password);
    const link = await links.peek(token);
    if (link === undefined) throw deadLink();
    // If two requests use one link, the second fails here.
    const taken = links.write.take(token, deadLink);
    if (link.userId !== undefined) {
      const user = await users.get(link.userId);
      return this.finishLink(user, 'password set by a link', browser, [
        ...taken,
        ...users.write.setPassword(user.id, hash),
        ...sessions.write.endAll(user.id),
        ...knownNetworks.write.forget(user.id),
      ]);
    }
    if (await this.hasUsers()) throw new HeddleError('sign_in_failed', 'There is an owner already: sign in.');
    if (email === undefined) throw new HeddleError('bad_request', 'The first owner needs an email address.');
    const { user, writes } = users.write.create({ email, name: name ?? email, password: hash });
    const owns = this.stores.projects.write.ownEverything(`user:${user.id}`);
    const first = [...users.write.requireNoUser(), ...taken, ...writes, ...owns];
    return this.finishLink(user, 'made the owner by a link', browser, first);
  }

  /** Commits the changes of a one-time link and signs its user in, unless a second factor is needed. */
  private async finishLink(
    user: StoredUser,
    step: AccountStep,
    browser: Browser,
    writes: readonly GuardedWrite[],
  ): Promise<BegunSession | undefined> {
    if (user.totp !== undefined) {
      await this.audit.commit(accountChange(user, step), writes);
      return undefined;
    }
    const { session, writes: signIn } = this.signedInWrites(user, browser);
    await this.audit.commit(
      [accountChange(user, step), signedIn(user, 'one-time link', browser)],
      [...writes, ...signIn],
    );
    return session;
  }

  /** The session of a sign-in from this browser, and the writes that begin it. */
  private signedInWrites(user: StoredUser, browser: Browser) {
    const { users, knownNetworks } = this.stores;
    const { session, writes } = beginSession(this.stores, user.id, browser);
    const seen = users.write.sawSignIn(user.id);
    return { session, writes: [...seen, ...knownNetworks.write.remember(user.id, networkOf(browser.ip)), ...writes] };
  }

  /** Errors: `sign_in_failed`, `second_factor_needed`, `too_many_requests`. */
  async signIn({ email, password, code }: SignInRequest, browser: Browser): Promise<BegunSession> {
    const network = networkOf(browser.ip);
    const account = normalEmail(email);
    this.rates.take(`sign-in:${network}`, 20);
    const { users, knownNetworks } = this.stores;
    const user = await users.byEmail(email);
    // Strangers who guess passwords elsewhere must not lock out a network from which the user has signed in before.
    const isKnownNetwork = user !== undefined && (await knownNetworks.knows(user.id, network));
    const counted = `sign-in:${isKnownNetwork ? `${account} ${network}` : account}`;
    this.rates.take(counted, 6);
    const isRight = await matchesPassword(password, user?.password);
    if (user === undefined || !isRight || user.isDisabled)
      throw await this.refused(user, browser, user?.isDisabled === true && isRight ? 'disabled' : 'password');
    const step = user.totp === undefined ? undefined : await this.useCode(user, user.totp, code, browser);
    // Only this attempt is given back. Otherwise a user could go on guessing other passwords after signing in to their own account.
    this.rates.giveBack(`sign-in:${network}`);
    this.rates.clear(counted);
    const { session, writes } = this.signedInWrites(user, browser);
    await this.audit.commit(signedIn(user, step ?? 'password', browser), writes);
    return session;
  }

  /** Ends every other session of this user. Errors: `sign_in_failed`. */
  async changePassword(
    principal: Principal,
    { current, next }: PasswordRequest,
    browser: Browser,
  ): Promise<BegunSession> {
    const user = await this.userOf(principal);
    await this.checkCurrent(user, current);
    const hash = await hashPassword(next);
    const { users, sessions, links, knownNetworks } = this.stores;
    const { session, writes } = beginSession(this.stores, user.id, browser);
    await this.audit.commit(accountChange(user, 'password changed'), [
      ...users.write.setPassword(user.id, hash),
      ...sessions.write.endAll(user.id),
      ...links.write.endAll(user.id),
      ...knownNetworks.write.forget(user.id),
      ...knownNetworks.write.remember(user.id, networkOf(browser.ip)),
      ...writes,
    ]);
    return session;
  }

  async beginTotp(principal: Principal): Promise<TotpReply> {
    const secret = await newTotpSecret();
    return { secret, address: await totpAddress(secret, (await this.userOf(principal)).email) };
  }

  /** Enables the second factor and returns its recovery codes, which are shown once. Errors: `sign_in_failed`, `conflict`. */
  async confirmTotp(principal: Principal, secret: string, code: string): Promise<readonly string[]> {
    const user = await this.userOf(principal);
    if (user.totp !== undefined) throw new HeddleError('conflict', 'The second factor is on: turn it off first.');
    const step = await matchTotp(secret, code, this.clock.now());
    if (step === undefined)
      throw new HeddleError('sign_in_failed', 'The code is wrong: check the clock of your phone.');
    const codes = await newRecoveryCodes();
    await this.audit.commit(
      accountChange(user, 'second factor on'),
      this.stores.users.write.setTotp(user.id, { secret, step, codes }),
    );
    return codes;
  }

  /** Disables the second factor. Needs the password. Errors: `sign_in_failed`. */
  async removeTotp(principal: Principal, password: string): Promise<void> {
    const user = await this.userOf(principal);
    await this.checkCurrent(user, password);
    await this.audit.commit(
      accountChange(user, 'second factor off'),
      this.stores.users.write.setTotp(user.id, undefined),
    );
  }

  /** Whether the user with this principal id needs a code to sign in. */
  async hasSecondFactor(principalId: string): Promise<boolean> {
    return (await this.stores.users.get(principalId.slice('user:'.length))).totp !== undefined;
  }

  private async checkCurrent(user: StoredUser, password: string): Promise<void> {
    this.rates.take(`password:${user.id}`, 6);
    if (!(await matchesPassword(password, user.password)))
      throw new HeddleError('sign_in_failed', 'The password is wrong.');
  }

  private async useCode(
    user: StoredUser,
    secret: string,
    code: string | undefined,
    browser: Browser,
  ): Promise<'authenticator code' | 'recovery code'> {
    if (code === undefined) throw new HeddleError('second_factor_needed', 'Send the code of your authenticator app.');
    const { users } = this.stores;
    const step = await matchTotp(secret, code, this.clock.now(), user.totpStep);
    if (step !== undefined && (await users.useTotpStep(user.id, step))) return 'authenticator code';
    if (step === undefined && (await users.useRecoveryCode(user.id, code))) return 'recovery code';
    await this.refused(user, browser, 'code');
    throw new HeddleError('sign_in_failed', 'The code is wrong, or was used already.');
  }

  /** Records a refused sign-in. An unknown address is not recorded, because people sometimes type a password there. */
  private async refused(user: StoredUser | undefined, { ip }: Browser, reason: string): Promise<HeddleError> {
    const subject = user === undefined ? 'user' : (`user:${user.id}` as const);
    const details = { reason, address: ip };
    await this.audit.write({ kind: 'sign-in', who: 'anonymous', subject, isAllowed: false, details });
    return new HeddleError('sign_in_failed', 'Email address or password is wrong.');
  }

  private async userOf(principal: Principal): Promise<StoredUser> {
    if (principal.kind !== 'user') throw new HeddleError('forbidden', 'Only a signed-in user has an account.');
    return this.stores.users.get(principal.id.slice('user:'.length));
  }
}

function accountChange({ id }: StoredUser, step: AccountStep): AuditEvent {
  return { kind: 'user', who: `user:${id}`, subject: `user:${id}`, details: { step } };
}

function signedIn({ id }: StoredUser, method: string, { ip }: Browser): AuditEvent {
  return { kind: 'sign-in', who: `user:${id}`, subject: `user:${id}`, details: { with: method, address: ip } };
}

const deadLink = (): HeddleError =>
  new HeddleError('sign_in_failed', 'The link is no longer valid: ask for a new one.');
