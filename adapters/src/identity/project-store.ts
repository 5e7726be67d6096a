import { defaultProject, HeddleError, Role, type Clock, type Grants } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';
import { newId } from './secret-token.js';

export interface StoredProject {
  readonly id: string;
  readonly name: string;
  /** Since when nothing new happens in it; left out for one that is worked in. */
  readonly archivedAt?: number;
}

/** The account of a program. */
export interface StoredService {
  readonly id: string;
  readonly name: string;
}

interface ProjectRow {
  readonly id: string;
  readonly name: string;
  readonly archived_at: number | null;
}

/** Who is what in a project. A member is `user:ID` or `service:ID`. */
export interface Membership {
  readonly project: string;
  readonly member: string;
  readonly role: Role;
}

/** Projects, their members, and the accounts of programs. */
export class ProjectStore {
  private readonly archived;
  private readonly database: HeddleDatabase;
  private readonly clock: Pick<Clock, 'now'>;
  private readonly grants: Pick<Grants, 'forgetProject'>;

  constructor(database: HeddleDatabase, clock: Pick<Clock, 'now'>, grants: Pick<Grants, 'forgetProject'>) {
    this.database = database;
    this.clock = clock;
    this.grants = grants;
    this.archived = database.connection.prepare<[string], { id: string }>(
      'SELECT id FROM projects WHERE id = ? AND archived_at IS NOT NULL',
    );
  }

  list(): readonly StoredProject[] {
    return this.all<ProjectRow>('SELECT id, name, archived_at FROM projects ORDER BY name, id').map(projectOf);
  }

  /** Errors: `project_not_found`. */
  get(id: string): StoredProject {
    const found = this.find(id);
    if (found === undefined) throw new HeddleError('project_not_found', `There is no project '${id}'.`);
    return found;
  }

  find(id: string): StoredProject | undefined {
    return this.all<ProjectRow>('SELECT id, name, archived_at FROM projects WHERE id = ?', id).map(projectOf)[0];
  }

  /** Asked with each thing of a project that is acted on, so the first one, which is never archived, is not looked up. */
  isArchived(id: string): boolean {
    if (id === defaultProject) return false;
    return this.within(() => this.archived.get(id) !== undefined);
  }

  create(name: string): StoredProject {
    const id = newId('p');
    this.run('INSERT INTO projects (id, name, created_at) VALUES (?, ?, ?)', id, name, this.clock.now());
    return { id, name };
  }

  /** Errors: `project_not_found`. */
  rename(id: string, name: string): void {
    this.get(id);
    this.run('UPDATE projects SET name = ? WHERE id = ?', name, id);
  }

  /** Puts a project away, or takes it out again (`at` undefined). Errors: `project_not_found`, `conflict` for the first one. */
  setArchived(id: string, at: number | undefined): void {
    this.get(id);
    if (id === defaultProject) throw new HeddleError('conflict', 'The first project stays: it cannot be archived.');
    this.run('UPDATE projects SET archived_at = ? WHERE id = ?', at ?? null, id);
  }

  /** Removes an empty project with its memberships. Errors: `project_not_found`, `conflict`. */
  remove(id: string): void {
    const { name } = this.get(id);
    if (id === defaultProject) throw new HeddleError('conflict', 'The first project stays: rename it instead.');
    this.database.connection
      .transaction(() => {
        if (this.all('SELECT 1 FROM owned WHERE project = ? LIMIT 1', id).length > 0)
          throw new HeddleError(
            'conflict',
            `The project '${name}' has things, or runs of things that it had: it can be renamed.`,
          );
        if (this.all('SELECT 1 FROM conversations WHERE project = ? LIMIT 1', id).length > 0)
          throw new HeddleError('conflict', `The project '${name}' has conversations: erase them first.`);
        if (this.all('SELECT 1 FROM facts WHERE project = ? LIMIT 1', id).length > 0)
          throw new HeddleError('conflict', `The project '${name}' has facts about people: erase them first.`);
        this.run('DELETE FROM retention_rules WHERE project = ?', id);
        this.run('DELETE FROM memberships WHERE project = ?', id);
        this.run('DELETE FROM api_keys WHERE project = ?', id);
        this.run('DELETE FROM secrets WHERE owner = ?', id);
        this.grants.forgetProject(id);
        this.run('DELETE FROM projects WHERE id = ?', id);
      })
      .immediate();
  }

  /** The roles of a member, by project. */
  rolesOf(member: string): ReadonlyMap<string, readonly Role[]> {
    const roles = new Map<string, Role[]>();
    for (const { project, role } of this.all<Membership>('SELECT * FROM memberships WHERE member = ?', member))
      roles.set(project, [...(roles.get(project) ?? []), Role.parse(role)]);
    return roles;
  }

  members(project: string): readonly Membership[] {
    return this.all<Membership>(
      'SELECT project, member, role FROM memberships WHERE project = ? ORDER BY member, role',
      project,
    );
  }

  /** Sets all roles of a member in a project; none takes the member out. Errors: `project_not_found`, `last_owner`. */
  setRoles(project: string, member: string, roles: readonly Role[]): void {
    this.get(project);
    this.database.connection
      .transaction(() => {
        const hadOwner = this.hasOwner(project);
        this.run('DELETE FROM memberships WHERE project = ? AND member = ?', project, member);
        for (const role of new Set(roles))
          this.run('INSERT INTO memberships (project, member, role) VALUES (?, ?, ?)', project, member, role);
        if (hadOwner && !this.hasOwner(project))
          throw new HeddleError('last_owner', `The project '${project}' needs an owner: name another one first.`);
      })
      .immediate();
  }

  /** Makes an account for a program; its keys act for it. */
  createService(name: string): StoredService {
    const id = newId('sa');
    this.run('INSERT INTO service_accounts (id, name, created_at) VALUES (?, ?, ?)', id, name, this.clock.now());
    return { id, name };
  }

  services(): readonly StoredService[] {
    return this.all<StoredService>('SELECT id, name FROM service_accounts ORDER BY name, id');
  }

  /** Errors: `user_not_found`, `last_owner`. */
  removeService(id: string): void {
    this.database.connection
      .transaction(() => {
        for (const project of this.rolesOf(`service:${id}`).keys()) this.setRoles(project, `service:${id}`, []);
        this.run(
          'UPDATE api_keys SET revoked_at = coalesce(revoked_at, ?) WHERE owner = ?',
          this.clock.now(),
          `service:${id}`,
        );
        if (this.run('DELETE FROM service_accounts WHERE id = ?', id) === 0)
          throw new HeddleError('user_not_found', `There is no service account '${id}'.`);
      })
      .immediate();
  }

  private hasOwner(project: string): boolean {
    // People only: a program must not be all that is left to decide. Disabled people decide nothing.
    return (
      this.all(
        "SELECT 1 FROM memberships JOIN users ON member = 'user:' || users.id WHERE project = +? AND role = 'owner' AND is_disabled = 0",
        project,
      ).length > 0
    );
  }

  private all<RowType>(sql: string, ...values: readonly string[]): RowType[] {
    return this.within(() => this.database.connection.prepare<unknown[], RowType>(sql).all(...values));
  }

  private run(sql: string, ...values: readonly unknown[]): number {
    return this.within(() => this.database.connection.prepare(sql).run(...values).changes);
  }

  private within<T>(work: () => T): T {
    return withStorageErrors(this.database.file, work);
  }
}

function projectOf({ id, name, archived_at: archivedAt }: ProjectRow): StoredProject {
  return { id, name, archivedAt: archivedAt ?? undefined };
}
