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

/** The users of this installation, for administrators. */
export class UserService {
  constructor(
    private readonly stores: IdentityStores,
    private readonly audit: Audit,
    private readonly accounts: Pick<AccountService, 'hasUsers' | 'recount' | 'ownEverything'>,
  ) {}

  list(): UserReply[] {
    return this.stores.users.list().map((user) => this.reply(user));
  }

  /** Makes a user, and the token of a link to choose a password. Errors: `user_exists`, `conflict`. */
  async invite(
    who: Pick<Principal, 'id'>,
    { email, name, roles }: CreateUserRequest,
  ): Promise<{ readonly user: UserReply; readonly token: string }> {
    const { users, projects, links } = this.stores;
    if (!this.accounts.hasUsers && !roles.includes('owner'))
      throw new HeddleError('conflict', 'The first user must be an owner, who can invite the others.');
    const made = await this.audit.write(
      ({ user }) => ({ kind: 'user', who: who.id, subject: `user:${user.id}`, details: { step: 'invited', roles } }),
      () => {
        const user = users.create({ email, name });
        projects.setRoles(defaultProject, `user:${user.id}`, roles);
        if (!this.accounts.hasUsers) this.accounts.ownEverything(user.id);
        return { user: this.reply(user), token: links.create({ purpose: 'password', userId: user.id }, week) };
      },
    );
    this.accounts.recount();
    return made;
  }

  /** A new link to choose a password; an earlier link ends. Errors: `user_not_found`, `conflict`. */
  link(who: Pick<Principal, 'id'>, id: string): Promise<string> {
    const { users, links } = this.stores;
    if (users.get(id).isDisabled)
      throw new HeddleError('conflict', 'This account is disabled: enable it first, then make a link.');
    const details = { step: 'link made' } as const;
    return this.audit.write({ kind: 'user', who: who.id, subject: `user:${id}`, details }, () =>
      links.create({ purpose: 'password', userId: id }, week),
    );
  }

  /** Errors: `user_not_found`, `last_owner`, `bad_request` for roles in another project than `default`. */
  async change(who: Pick<Principal, 'id'>, id: string, change: ChangeUserRequest): Promise<UserReply> {
    const { users, projects, sessions, links } = this.stores;
    const roles = rolesInDefault(this.reply(users.get(id)), change.roles);
    const isDisabled = change.isDisabled === users.get(id).isDisabled ? undefined : change.isDisabled;
    const subject = `user:${id}` as const;
    const events: AuditEvent[] = [];
    if (roles !== undefined)
      events.push({ kind: 'role', who: who.id, project: defaultProject, subject, details: { roles } });
    if (isDisabled !== undefined)
      events.push({ kind: 'user', who: who.id, subject, details: { step: isDisabled ? 'disabled' : 'enabled' } });
    await this.audit.write(events, () => {
      if (roles !== undefined) projects.setRoles(defaultProject, subject, roles);
      if (isDisabled === undefined) return;
      if (isDisabled) this.refuseLastOwner(id);
      users.setDisabled(id, isDisabled);
      if (!isDisabled) return;
      sessions.endAll(id);
      links.endAll(id);
    });
    this.accounts.recount();
    return this.reply(users.get(id));
  }

  private refuseLastOwner(id: string): void {
    const { users, projects } = this.stores;
    for (const [project, roles] of projects.rolesOf(`user:${id}`)) {
      if (!roles.includes('owner')) continue;
      const others = users
        .list()
        .filter((user) => user.id !== id && !user.isDisabled)
        .some((user) => projects.rolesOf(`user:${user.id}`).get(project)?.includes('owner') ?? false);
      if (!others) throw new HeddleError('last_owner', 'There must be an owner: name another one first.');
    }
  }

  private reply(user: StoredUser): UserReply {
    const { id, email, name, isDisabled, createdAt, signedInAt } = user;
    const roles = Object.fromEntries(
      [...this.stores.projects.rolesOf(`user:${id}`)].map(([project, held]) => [project, [...held]]),
    );
    return {
      ...{ id, email, name, isDisabled, createdAt, roles, hasSecondFactor: user.totp !== undefined },
      signedInAt,
    };
  }
}

/** The new roles in `default`; undefined where the given roles are the present ones. Errors: `bad_request`. */
function rolesInDefault(user: UserReply, roles: ChangeUserRequest['roles']): Role[] | undefined {
  if (roles === undefined || Array.isArray(roles)) return roles;
  const namesOf = (held: readonly Role[] = []): string => [...new Set(held)].sort().join();
  const isSame = (project: string): boolean => namesOf(roles[project]) === namesOf(user.roles[project]);
  const other = Object.keys({ ...roles, ...user.roles }).find((name) => name !== defaultProject && !isSame(name));
  if (other !== undefined)
    throw new HeddleError(
      'bad_request',
      `Roles in the project '${other}' are not changed here: PUT /api/projects/${other}/members/user:${user.id} does it.`,
    );
  return isSame(defaultProject) ? undefined : (roles[defaultProject] ?? []);
}
