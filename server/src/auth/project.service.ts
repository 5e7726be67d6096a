import type { IdentityStores, StoredProject, StoredService } from '@heddle/adapters/identity';
import {
  authorise,
  HeddleError,
  type Audit,
  type AuditAct,
  type Clock,
  type MemberReply,
  type Principal,
  type ProjectReply,
  type Role,
} from '@heddle/core';

export interface ProjectParts {
  readonly stores: IdentityStores;
  readonly audit: Audit;
  readonly clock: Pick<Clock, 'now'>;
}

/** Projects and who is what in them. */
export class ProjectService {
  constructor(private readonly parts: ProjectParts) {}

  /** The projects that somebody may see, with what they are there. */
  list(principal: Principal): ProjectReply[] {
    return this.parts.stores.projects
      .list()
      .filter(({ id }) => principal.kind === 'local' || principal.roles.has(id))
      .map((project) => this.reply(project, principal));
  }

  /** Makes a project; who makes it owns it. */
  async create(principal: Principal, name: string): Promise<ProjectReply> {
    const { projects } = this.parts.stores;
    const made = await this.parts.audit.act(
      ({ id }: StoredProject) => [entry(principal, 'project', id, { step: 'made', name })],
      () => {
        const project = projects.create(name);
        if (principal.kind === 'user') projects.setRoles(project.id, principal.id, ['owner']);
        return project;
      },
    );
    const roles: readonly Role[] = ['owner'];
    return this.reply(made, { ...principal, roles: new Map([...principal.roles, [made.id, roles]]) });
  }

  /** Errors: `project_not_found`. */
  async rename(principal: Principal, id: string, name: string): Promise<ProjectReply> {
    const { projects } = this.parts.stores;
    await this.parts.audit.act([entry(principal, 'project', id, { step: 'renamed', name })], () =>
      projects.rename(id, name),
    );
    return this.reply(projects.get(id), principal);
  }

  /** Puts a project away: nothing new happens in it. Errors: `project_not_found`, `conflict` for the first one. */
  archive(principal: Principal, id: string): Promise<ProjectReply> {
    return this.setArchived(principal, id, 'archived', this.parts.clock.now());
  }

  /** Takes a project out of the archive. Errors: `project_not_found`. */
  restore(principal: Principal, id: string): Promise<ProjectReply> {
    return this.setArchived(principal, id, 'taken out of the archive', undefined);
  }

  private async setArchived(principal: Principal, id: string, step: string, at: number | undefined) {
    const { projects } = this.parts.stores;
    const { name } = projects.get(id);
    await this.parts.audit.act([entry(principal, 'project', id, { step, name })], () => projects.setArchived(id, at));
    return this.reply(projects.get(id), principal);
  }

  /** Gives up every role of one's own. Errors: `project_not_found`, `last_owner`, `bad_request` for who is no user. */
  async leave(principal: Principal, id: string): Promise<void> {
    if (principal.kind !== 'user')
      throw new HeddleError('bad_request', 'Only a user who is signed in can leave a project.');
    const { projects } = this.parts.stores;
    const details = { member: principal.id, roles: [], step: 'left' };
    await this.parts.audit.act([entry(principal, 'role', id, details)], () => projects.setRoles(id, principal.id, []));
  }

  /** Errors: `project_not_found`, `conflict` where it is the first one or still has things. */
  async remove(principal: Principal, id: string): Promise<void> {
    const { projects } = this.parts.stores;
    const { name } = projects.get(id);
    await this.parts.audit.act([entry(principal, 'project', id, { step: 'removed', name })], () => projects.remove(id));
  }

  /** Errors: `project_not_found`. */
  members(id: string): MemberReply[] {
    const { projects, users } = this.parts.stores;
    projects.get(id);
    const names = new Map<string, { readonly name: string; readonly email?: string }>([
      ...users.list().map((user) => [`user:${user.id}`, { name: user.name, email: user.email }] as const),
      ...projects.services().map((service) => [`service:${service.id}`, { name: service.name }] as const),
    ]);
    const held = new Map<string, Role[]>();
    for (const { member, role } of projects.members(id)) held.set(member, [...(held.get(member) ?? []), role]);
    return [...held]
      .map(([member, roles]) => ({ member, ...(names.get(member) ?? { name: member }), roles }))
      .sort((left, right) => left.name.localeCompare(right.name));
  }

  /**
   * Says what somebody is in a project; no role takes them out. People are also named by their email address.
   * Errors: `project_not_found`, `user_not_found`, `last_owner`.
   */
  async setMember(principal: Principal, id: string, named: string, roles: readonly Role[]): Promise<MemberReply[]> {
    const { projects } = this.parts.stores;
    const member = this.memberOf(named);
    const details = { member, roles };
    await this.parts.audit.act([entry(principal, 'role', id, details)], () => projects.setRoles(id, member, roles));
    return this.members(id);
  }

  /** Accounts of programs. */
  services(): readonly StoredService[] {
    return this.parts.stores.projects.services();
  }

  /** Makes an account for a program, with roles in a project; keys act for it. Errors: `project_not_found`. */
  createService(principal: Principal, name: string, project: string, roles: readonly Role[]): Promise<StoredService> {
    const { projects } = this.parts.stores;
    return this.parts.audit.act(
      ({ id }: StoredService) => [
        {
          ...entry(principal, 'user', project, { step: 'service account made', name, roles }),
          subject: `service:${id}`,
        },
      ],
      () => {
        const service = projects.createService(name);
        projects.setRoles(project, `service:${service.id}`, roles);
        return service;
      },
    );
  }

  /** Its keys are refused from now on. Errors: `user_not_found`. */
  async removeService(principal: Principal, id: string): Promise<void> {
    const details = { step: 'service account removed' };
    await this.parts.audit.act(
      [{ act: 'user', who: principal.id, subject: `service:${id}`, isAllowed: true, details }],
      () => this.parts.stores.projects.removeService(id),
    );
  }

  private memberOf(named: string): string {
    const { users, projects } = this.parts.stores;
    if (named.startsWith('user:')) return `user:${users.get(named.slice('user:'.length)).id}`;
    if (named.startsWith('service:')) {
      if (projects.services().some(({ id }) => named === `service:${id}`)) return named;
    } else {
      const user = named.includes('@') ? users.byEmail(named) : undefined;
      if (user !== undefined) return `user:${user.id}`;
    }
    throw new HeddleError(
      'user_not_found',
      `There is nobody '${named.slice(0, 100)}': name user:ID, service:ID or an email address.`,
    );
  }

  private reply({ id, name, archivedAt }: StoredProject, principal: Principal): ProjectReply {
    const roles = principal.kind === 'local' ? (['owner'] as const) : (principal.roles.get(id) ?? []);
    const verdict = authorise(principal, 'user:manage', { kind: 'project', id, project: id }, this.parts.clock.now());
    const isManager = verdict === 'allowed';
    return { id, name, roles: [...roles], isManager, ...(archivedAt === undefined ? {} : { archivedAt }) };
  }
}

function entry(who: Principal, act: AuditAct, project: string, details: Readonly<Record<string, unknown>>) {
  return { act, who: who.id, project, subject: `project:${project}`, isAllowed: true, details: { ...details } };
}
