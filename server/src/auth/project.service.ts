import type { IdentityStores, StoredProject, StoredService } from '@heddle/adapters/identity';
import {
  authorise,
  HeddleError,
  type Audit,
  type AuditEvent,
  type AuditEventOf,
  type Clock,
  type MemberReply,
  type Principal,
  type ProjectReply,
  type ProjectStep,
  type Role,
} from '@heddle/core';

/** Projects and their members. */
export class ProjectService {
  constructor(
    private readonly stores: IdentityStores,
    private readonly audit: Audit,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /** The projects that the caller may see, with the caller's roles. */
  async list(principal: Principal): Promise<ProjectReply[]> {
    return (await this.stores.projects.list())
      .filter(({ id }) => principal.kind === 'local' || principal.roles.has(id))
      .map((project) => this.reply(project, principal));
  }

  /** Creates a project. The caller becomes its owner. */
  async create(principal: Principal, name: string): Promise<ProjectReply> {
    const { projects } = this.stores;
    const { project: made, writes } = projects.write.create(name);
    await this.audit.commit(projectEvent(principal, made.id, 'made', name), [
      ...writes,
      ...(principal.kind === 'user' ? projects.write.setRoles(made.id, principal.id, ['owner']) : []),
    ]);
    const roles: readonly Role[] = ['owner'];
    return this.reply(made, { ...principal, roles: new Map([...principal.roles, [made.id, roles]]) });
  }

  /** Errors: `project_not_found`. */
  async rename(principal: Principal, id: string, name: string): Promise<ProjectReply> {
    const { projects } = this.stores;
    await this.audit.commit(projectEvent(principal, id, 'renamed', name), projects.write.rename(id, name));
    return this.reply(await projects.get(id), principal);
  }

  /** Archives a project: nothing new can start in it. Errors: `project_not_found`, `conflict` for the default project. */
  archive(principal: Principal, id: string): Promise<ProjectReply> {
    return this.setArchived(principal, id, 'archived', this.clock.now());
  }

  /** Restores an archived project. Errors: `project_not_found`. */
  restore(principal: Principal, id: string): Promise<ProjectReply> {
    return this.setArchived(principal, id, 'taken out of the archive', undefined);
  }

  private async setArchived(principal: Principal, id: string, step: ProjectStep, at: number | undefined) {
    const { projects } = this.stores;
    const { name } = await projects.get(id);
    await this.audit.commit(projectEvent(principal, id, step, name), projects.write.setArchived(id, at));
    return this.reply(await projects.get(id), principal);
  }

  /** Removes all roles of the caller. Errors: `project_not_found`, `last_owner`, `bad_request` for a caller who is not a user. */
  async leave(principal: Principal, id: string): Promise<void> {
    if (principal.kind !== 'user')
      throw new HeddleError('bad_request', 'Only a user who is signed in can leave a project.');
    const { projects } = this.stores;
    const details = { member: principal.id, roles: [], step: 'left' } as const;
    await this.audit.commit(roleEvent(principal, id, details), projects.write.setRoles(id, principal.id, []));
  }

  /** Errors: `project_not_found`, `conflict` for the default project or one that is not empty. */
  async remove(principal: Principal, id: string): Promise<void> {
    const { projects } = this.stores;
    const project = await projects.get(id);
    await this.audit.commit(projectEvent(principal, id, 'removed', project.name), projects.write.remove(project));
  }

  /** Errors: `project_not_found`. */
  async members(id: string): Promise<MemberReply[]> {
    const { projects, users } = this.stores;
    await projects.get(id);
    const names = new Map<string, { readonly name: string; readonly email?: string }>([
      ...(await users.list()).map((user) => [`user:${user.id}`, { name: user.name, email: user.email }] as const),
      ...(await projects.services()).map((service) => [`service:${service.id}`, { name: service.name }] as const),
    ]);
    const held = new Map<string, Role[]>();
    for (const { member, role } of await projects.members(id)) held.set(member, [...(held.get(member) ?? []), role]);
    return [...held]
      .map(([member, roles]) => ({ member, ...(names.get(member) ?? { name: member }), roles }))
      .sort((left, right) => left.name.localeCompare(right.name));
  }

  /**
   * Sets the roles of a member; an empty list removes them. Users can be named by email address. Errors: `project_not_found`,
   * `user_not_found`, `last_owner`.
   */
  async setMember(principal: Principal, id: string, named: string, roles: readonly Role[]): Promise<MemberReply[]> {
    const { projects } = this.stores;
    const member = await this.memberOf(named);
    await this.audit.commit(roleEvent(principal, id, { member, roles }), projects.write.setRoles(id, member, roles));
    return this.members(id);
  }

  /** Service accounts: accounts of programs. */
  services(): Promise<readonly StoredService[]> {
    return this.stores.projects.services();
  }

  /** Creates a service account with roles in a project; API keys act for it. Errors: `project_not_found`. */
  async createService(
    principal: Principal,
    name: string,
    project: string,
    roles: readonly Role[],
  ): Promise<StoredService> {
    const { projects } = this.stores;
    const { service, writes } = projects.write.createService(name);
    const subject = `service:${service.id}` as const;
    const details = { step: 'service account made', name, roles } as const;
    await this.audit.commit({ kind: 'user', who: principal.id, project, subject, details }, [
      ...writes,
      ...projects.write.setRoles(project, subject, roles),
    ]);
    return service;
  }

  /** Removes a service account; its keys stop working. Errors: `user_not_found`. */
  async removeService(principal: Principal, id: string): Promise<void> {
    const details = { step: 'service account removed' } as const;
    const removed = this.stores.projects.write.removeService(id);
    await this.audit.commit({ kind: 'user', who: principal.id, subject: `service:${id}`, details }, removed);
  }

  private async memberOf(named: string): Promise<string> {
    const { users, projects } = this.stores;
    if (named.startsWith('user:')) return `user:${(await users.get(named.slice('user:'.length))).id}`;
    if (named.startsWith('service:')) {
      if ((await projects.services()).some(({ id }) => named === `service:${id}`)) return named;
    } else {
      const user = named.includes('@') ? await users.byEmail(named) : undefined;
      if (user !== undefined) return `user:${user.id}`;
    }
    throw new HeddleError(
      'user_not_found',
      `There is no user '${named.slice(0, 100)}': name user:ID, service:ID or an email address.`,
    );
  }

  private reply({ id, name, archivedAt }: StoredProject, principal: Principal): ProjectReply {
    const roles = principal.kind === 'local' ? (['owner'] as const) : (principal.roles.get(id) ?? []);
    const verdict = authorise(principal, 'user:manage', { kind: 'project', id, project: id }, this.clock.now());
    const isManager = verdict === 'allowed';
    return { id, name, roles: [...roles], isManager, archivedAt };
  }
}

function projectEvent({ id: who }: Principal, project: string, step: ProjectStep, name: string): AuditEvent {
  return { kind: 'project', who, project, subject: `project:${project}`, details: { step, name } };
}

function roleEvent({ id: who }: Principal, project: string, details: AuditEventOf<'role'>['details']): AuditEvent {
  return { kind: 'role', who, project, subject: `project:${project}`, details };
}
