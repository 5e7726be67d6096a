import {
  checkPassword,
  hashPassword,
  matchTotp,
  newRecoveryCodes,
  newToken,
  newTotpSecret,
  totpAddress,
  type IdentityStores,
  type StoredUser,
} from '@heddle/adapters/identity';
import {
  defaultProject,
  HeddleError,
  type ChangeUserRequest,
  type Clock,
  type CreateKeyRequest,
  type CreateUserRequest,
  type KeyReply,
  type PasswordRequest,
  type Principal,
  type SetupRequest,
  type SignInRequest,
  type TotpReply,
  type UserReply,
} from '@heddle/core';
import { RateLimits } from './rate-limits.js';

const day = 24 * 3_600_000;

/** What accounts work with. */
export interface AccountParts {
  readonly stores: IdentityStores;
  readonly clock: Clock;
  /** Whether sign-in is needed before there is a second user: another address than loopback, or the setting. */
  readonly isForced: boolean;
}

/** People and their sign-ins, and API keys. */
export class AccountService {
  /** What commands of the same person send to a running server. */
  readonly commandToken = newToken('hc');
  readonly rates: RateLimits;
  private userCount: number;

  constructor(private readonly parts: AccountParts) {
    this.rates = new RateLimits(parts.clock);
    this.userCount = parts.stores.users.count();
  }

  get hasUsers(): boolean {
    return this.userCount > 0;
  }

  isSignInNeeded(): boolean {
    return this.parts.isForced || this.userCount > 1;
  }

  /** The token of the link that makes the first owner; undefined where there is a user. */
  ownerLink(): string | undefined {
    return this.hasUsers ? undefined : this.parts.stores.links.create({ purpose: 'owner', userId: undefined }, day);
  }

  /** Uses a one-time link and gives who is signed in by it. Errors: `sign_in_failed`, `bad_request`, `user_exists`, `too_many_requests`. */
  async setUp({ token, email, name, password }: SetupRequest, ip: string): Promise<StoredUser> {
    this.rates.take(`setup:${ip}`, 10);
    const { users, links, projects, sessions } = this.parts.stores;
    const hash = await hashPassword(password);
    const link = links.take(token);
    if (link === undefined)
      throw new HeddleError('sign_in_failed', 'The link is not good any more: ask for a new one.');
    if (link.userId !== undefined) {
      users.setPassword(link.userId, hash);
      sessions.endAll(link.userId);
      return users.get(link.userId);
    }
    if (this.hasUsers) throw new HeddleError('sign_in_failed', 'There is an owner already: sign in.');
    if (email === undefined) throw new HeddleError('bad_request', 'The first owner needs an email address.');
    const user = users.create({ email, name: name ?? email, password: hash });
    projects.setRoles(defaultProject, `user:${user.id}`, ['owner']);
    this.recount();
    return user;
  }

  /** Errors: `sign_in_failed`, `second_factor_needed`, `too_many_requests`. */
  async signIn({ email, password, code }: SignInRequest, ip: string): Promise<StoredUser> {
    const names = [`sign-in:${ip}`, `sign-in:${email.trim().toLowerCase()}`];
    this.rates.take(names[0] ?? '', 20);
    this.rates.take(names[1] ?? '', 6);
    const { users } = this.parts.stores;
    const user = users.byEmail(email);
    const isRight = await checkPassword(password, user?.password);
    if (user === undefined || !isRight || user.isDisabled)
      throw new HeddleError('sign_in_failed', 'Email address or password is wrong.');
    if (user.totp !== undefined) this.checkSecondFactor(user, user.totp, code);
    for (const name of names) this.rates.clear(name);
    users.sawSignIn(user.id);
    return user;
  }

  /** Errors: `sign_in_failed`. */
  async changePassword(principal: Principal, { current, next }: PasswordRequest): Promise<StoredUser> {
    const user = this.userOf(principal);
    this.rates.take(`password:${user.id}`, 6);
    if (!(await checkPassword(current, user.password)))
      throw new HeddleError('sign_in_failed', 'The current password is wrong.');
    this.parts.stores.users.setPassword(user.id, await hashPassword(next));
    this.parts.stores.sessions.endAll(user.id);
    return user;
  }

  beginTotp(principal: Principal): TotpReply {
    const secret = newTotpSecret();
    return { secret, address: totpAddress(secret, this.userOf(principal).email) };
  }

  /** Turns the second factor on and gives its recovery codes, this once. Errors: `sign_in_failed`, `conflict`. */
  confirmTotp(principal: Principal, secret: string, code: string): readonly string[] {
    const user = this.userOf(principal);
    if (user.totp !== undefined) throw new HeddleError('conflict', 'The second factor is on: turn it off first.');
    const step = matchTotp(secret, code, this.parts.clock.now());
    if (step === undefined)
      throw new HeddleError('sign_in_failed', 'The code is wrong: is the clock of the phone right?');
    const codes = newRecoveryCodes();
    this.parts.stores.users.setTotp(user.id, { secret, step, codes });
    return codes;
  }

  /** Turns the second factor off, with the password. Errors: `sign_in_failed`. */
  async removeTotp(principal: Principal, password: string): Promise<void> {
    const user = this.userOf(principal);
    this.rates.take(`password:${user.id}`, 6);
    if (!(await checkPassword(password, user.password)))
      throw new HeddleError('sign_in_failed', 'The password is wrong.');
    this.parts.stores.users.setTotp(user.id, undefined);
  }

  users(): UserReply[] {
    return this.parts.stores.users.list().map((user) => this.userReply(user));
  }

  /** Makes a user, and the token of a link with which they choose a password. Errors: `user_exists`, `conflict`. */
  invite({ email, name, roles }: CreateUserRequest): { readonly user: UserReply; readonly token: string } {
    const { users, projects, links } = this.parts.stores;
    if (!this.hasUsers && !roles.includes('owner'))
      throw new HeddleError(
        'conflict',
        'The first user must be an owner: somebody has to be able to invite the others.',
      );
    const user = users.create({ email, name });
    projects.setRoles(defaultProject, `user:${user.id}`, roles);
    this.recount();
    return { user: this.userReply(user), token: links.create({ purpose: 'password', userId: user.id }, 7 * day) };
  }

  /** Errors: `user_not_found`, `last_owner`. */
  change(id: string, { isDisabled, roles }: ChangeUserRequest): UserReply {
    const { users, projects, sessions } = this.parts.stores;
    users.get(id);
    if (roles !== undefined) projects.setRoles(defaultProject, `user:${id}`, roles);
    if (isDisabled !== undefined) {
      if (isDisabled) this.refuseLastOwner(id);
      users.setDisabled(id, isDisabled);
      if (isDisabled) sessions.endAll(id);
      this.recount();
    }
    return this.userReply(users.get(id));
  }

  keys(): KeyReply[] {
    return this.parts.stores.keys.list(defaultProject).map(keyReply);
  }

  /** Errors: `forbidden` for a key: a key must not make a wider one. */
  createKey(
    principal: Principal,
    { name, scopes }: CreateKeyRequest,
  ): { readonly key: KeyReply; readonly secret: string } {
    if (principal.kind === 'key') throw new HeddleError('forbidden', 'An API key cannot make another one.');
    const { keys } = this.parts.stores;
    const { key, secret } = keys.create({ name, owner: principal.id, project: defaultProject, scopes });
    return { key: keyReply(key), secret };
  }

  /** Errors: `key_not_found`. */
  revokeKey(id: string): void {
    this.parts.stores.keys.revoke(id);
  }

  private checkSecondFactor(user: StoredUser, secret: string, code: string | undefined): void {
    if (code === undefined) throw new HeddleError('second_factor_needed', 'Send the code of your authenticator app.');
    const { users } = this.parts.stores;
    const step = matchTotp(secret, code, this.parts.clock.now(), user.totpStep);
    if (step === undefined ? users.useRecoveryCode(user.id, code) : users.useTotpStep(user.id, step)) return;
    throw new HeddleError('sign_in_failed', 'The code is wrong, or was used already.');
  }

  private refuseLastOwner(id: string): void {
    const { users, projects } = this.parts.stores;
    const isOwner = (member: string): boolean =>
      projects.rolesOf(member).get(defaultProject)?.includes('owner') ?? false;
    if (!isOwner(`user:${id}`)) return;
    const others = users.list().filter((user) => user.id !== id && !user.isDisabled && isOwner(`user:${user.id}`));
    if (others.length === 0) throw new HeddleError('last_owner', 'There must be an owner: name another one first.');
  }

  private userOf(principal: Principal): StoredUser {
    if (principal.kind !== 'user') throw new HeddleError('forbidden', 'Only somebody who is signed in has an account.');
    return this.parts.stores.users.get(principal.id.slice('user:'.length));
  }

  private recount(): void {
    this.userCount = this.parts.stores.users.count();
  }

  private userReply(user: StoredUser): UserReply {
    const { id, email, name, isDisabled, createdAt, signedInAt } = user;
    const roles = Object.fromEntries(
      [...this.parts.stores.projects.rolesOf(`user:${id}`)].map(([project, held]) => [project, [...held]]),
    );
    return {
      ...{ id, email, name, isDisabled, createdAt, roles, hasSecondFactor: user.totp !== undefined },
      ...(signedInAt === undefined ? {} : { signedInAt }),
    };
  }
}

function keyReply(key: ReturnType<IdentityStores['keys']['get']>): KeyReply {
  const { id, prefix, name, owner, scopes, createdAt, usedAt, revokedAt } = key;
  return {
    ...{ id, prefix, name, owner, scopes, createdAt },
    ...(usedAt === undefined ? {} : { usedAt }),
    ...(revokedAt === undefined ? {} : { revokedAt }),
  };
}
