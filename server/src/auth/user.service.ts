import type { IdentityStores, StoredUser } from '@heddle/adapters/identity';
import {
  defaultProject,
  HeddleError,
  type Audit,
  type AuditEvent,
  type ChangeUserRequest,
  type CreateUserRequest,
  type Principal,
  type Role,
  type UserReply,
} from '@heddle/core';
import type { AccountService } from './account.service.js';

const week = 7 * 24 * 3_600_000;

/** Manages the users of this installation. */
export class UserService {
  constructor(
    private readonly stores: IdentityStores,
    private readonly audit: Audit,
    private readonly accounts: Pick<AccountService, 'hasUsers'>,
  ) {}

  async list(): Promise<UserReply[]> {
    const users = await this.stores.users.list();
    return Promise.all(users.map((user) => this.reply(user)));
  }

  /** Creates a user, and the token of a link to choose a password. Errors: `user_exists`, `conflict`. */
  async invite(
    who: Pick<Principal, 'id'>,
    { email, name, roles }: CreateUserRequest,
  ): Promise<{ readonly user: UserReply; readonly token: string }> {
    const { users, projects, links } = this.stores;
    const isFirst = !(await this.accounts.hasUsers());
    if (isFirst && !roles.includes('owner'))
      throw new HeddleError('conflict', 'The first user must be an owner, who can invite the others.');
    const { user, writes } = users.write.create({ email, name });
    const link = links.write.create({ purpose: 'password', userId: user.id }, week);
    const member = `user:${user.id}` as const;
    await this.audit.commit({ kind: 'user', who: who.id, subject: member, details: { step: 'invited', roles } }, [
      ...writes,
      ...projects.write.setRoles(defaultProject, member, roles),
      ...(isFirst ? projects.write.ownEverything(member) : []),
      ...link.writes,
    ]);
    return { user: await this.reply(user), token: link.token };
  }

  /** Creates a new link to choose a password; an earlier link becomes invalid. Errors: `user_not_found`, `conflict`. */
  async link(who: Pick<Principal, 'id'>, id: string): Promise<string> {
    const { users, links } = this.stores;
    if ((await users.get(id)).isDisabled)
      throw new HeddleError('conflict', 'This account is disabled: enable it first, then make a link.');
    const details = { step: 'link made' } as const;
    const { token, writes } = links.write.create({ purpose: 'password', userId: id }, week);
    await this.audit.commit({ kind: 'user', who: who.id, subject: `user:${id}`, details }, writes);
    return token;
  }

  /** Errors: `user_not_found`, `last_owner`, `bad_request` for roles in another project than `default`. */
  async change(who: Pick<Principal, 'id'>, id: string, change: ChangeUserRequest): Promise<UserReply> {
    const { users, projects, sessions, links } = this.stores;
    const before = await this.reply(await users.get(id));
    const roles = rolesInDefault(before, change.roles);
    const isDisabled = change.isDisabled === before.isDisabled ? undefined : change.isDisabled;
    const subject = `user:${id}` as const;
    const events: AuditEvent[] = [];
    if (roles !== undefined)
      events.push({ kind: 'role', who: who.id, project: defaultProject, subject, details: { roles } });
    if (isDisabled !== undefined)
      events.push({ kind: 'user', who: who.id, subject, details: { step: isDisabled ? 'disabled' : 'enabled' } });
    await this.audit.commit(events, [
      ...(roles === undefined ? [] : projects.write.setRoles(defaultProject, subject, roles)),
      ...(isDisabled === true ? projects.write.staysOwnedWithout(id) : []),
      ...(isDisabled === undefined ? [] : users.write.setDisabled(id, isDisabled)),
      ...(isDisabled === true ? [...sessions.write.endAll(id), ...links.write.endAll(id)] : []),
    ]);
    return this.reply(await users.get(id));
  }

  private async reply(user: StoredUser): Promise<UserReply> {
    const { id, email, name, isDisabled, createdAt, signedInAt } = user;
    const roles = Object.fromEntries(
      [...(await this.stores.projects.rolesOf(`user:${id}`))].map(([project, held]) => [project, [...held]]),
    );
    return { id, email, name, isDisabled, createdAt, roles, hasSecondFactor: user.totp !== undefined, signedInAt };
  }
}

/** The new roles in `default`; undefined if they do not change. Errors: `bad_request`. */
function rolesInDefault(user: UserReply, roles: ChangeUserRequest['roles']): Role[] | undefined {
  if (roles === undefined || Array.isArray(roles)) return roles;
  const namesOf = (held: readonly Role[] = []): string => [...new Set(held)].sort().join();
  const isSame = (project: string): boolean => namesOf(roles[project]) === namesOf(user.roles[project]);
  const other = Object.keys({ ...roles, ...user.roles }).find((name) => name !== defaultProject && !isSame(name));
  if (other !== undefined)
    throw new HeddleError(
      'bad_request',
      `Roles in the project '${other}' cannot be changed here: use PUT /api/projects/${other}/members/user:${user.id}.`,
    );
  return isSame(defaultProject) ? undefined : (roles[defaultProject] ?? []);
}
