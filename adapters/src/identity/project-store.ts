import {
  defaultProject,
  HeddleError,
  Role,
  type Clock,
  type Grants,
  type GuardedWrite,
  type Tables,
} from '@heddle/core';
import { lock } from '../sql/lock.js';
import { newId } from './secret-token.js';

export interface StoredProject {
  readonly id: string;
  readonly name: string;
  /** The time since which nothing new happens in the project; undefined if it is active. */
  readonly archivedAt?: number;
}

/** A service account: an account for a program. */
export interface StoredService {
  readonly id: string;
  readonly name: string;
}

interface ProjectRow {
  readonly id: string;
  readonly name: string;
  readonly archived_at: number | null;
}

/** A role of a member in a project. A member is named as `user:ID` or `service:ID`. */
interface Membership {
  readonly project: string;
  readonly member: string;
  readonly role: Role;
}

/** Stores projects, their members, and service accounts. */
export class ProjectStore {
  /** The changes as statements, for commits that include other changes. */
  readonly write: ProjectWrites;
  private readonly archived;

  constructor(
    private readonly tables: Tables,
    clock: Pick<Clock, 'now'>,
    grants: Pick<Grants, 'write'>,
  ) {
    this.write = new ProjectWrites(clock, grants);
    this.archived = tables.lookup('SELECT id FROM projects WHERE id = @id AND archived_at IS NOT NULL');
  }

  async list(): Promise<readonly StoredProject[]> {
    const rows = await this.tables.all<ProjectRow>('SELECT id, name, archived_at FROM projects ORDER BY name, id');
    return rows.map(projectOf);
  }

  /** Errors: `project_not_found`. */
  async get(id: string): Promise<StoredProject> {
    const found = await this.find(id);
    if (found === undefined) throw projectNotFound(id);
    return found;
  }

  async find(id: string): Promise<StoredProject | undefined> {
    const row = await this.tables.get<ProjectRow>('SELECT id, name, archived_at FROM projects WHERE id = @id', { id });
    return row === undefined ? undefined : projectOf(row);
  }

  /**
   * Whether a project is archived. This is checked for each action on a resource, so the default project, which is never archived, is not
   * looked up.
   */
  async isArchived(id: string): Promise<boolean> {
    return id !== defaultProject && (await this.archived({ id })) !== undefined;
  }

  async create(name: string): Promise<StoredProject> {
    const { project, writes } = this.write.create(name);
    await this.tables.commit(writes);
    return project;
  }

  async rolesOf(member: string): Promise<ReadonlyMap<string, readonly Role[]>> {
    const roles = new Map<string, Role[]>();
    const sql = 'SELECT project, role FROM memberships WHERE member = @member ORDER BY project, role';
    for (const { project, role } of await this.tables.all<Membership>(sql, { member }))
      roles.set(project, [...(roles.get(project) ?? []), Role.parse(role)]);
    return roles;
  }

  members(project: string): Promise<readonly Membership[]> {
    return this.tables.all<Membership>(
      'SELECT project, member, role FROM memberships WHERE project = @project ORDER BY member, role',
      { project },
    );
  }

  /** Sets all roles of a member in a project. An empty list removes the member. Errors: `project_not_found`, `last_owner`. */
  async setRoles(project: string, member: string, roles: readonly Role[]): Promise<void> {
    await this.tables.commit(this.write.setRoles(project, member, roles));
  }

  /** Whether the project would have no owner without this member. */
  async isLastOwner(project: string, member: string): Promise<boolean> {
    const sql = `SELECT DISTINCT member FROM memberships ${owner} AND project = @project LIMIT 2`;
    const owners = await this.tables.all<Pick<Membership, 'member'>>(sql, { project });
    return owners.length === 1 && owners[0]?.member === member;
  }

  services(): Promise<readonly StoredService[]> {
    return this.tables.all<StoredService>('SELECT id, name FROM service_accounts ORDER BY name, id');
  }
}

/** The people who own a project. Programs do not count, because a person must be left to decide; neither do disabled people. */
const owner = "JOIN users ON member = 'user:' || users.id WHERE role = 'owner' AND is_disabled = 0";

class ProjectWrites {
  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly grants: Pick<Grants, 'write'>,
  ) {}

  create(name: string): { readonly project: StoredProject; readonly writes: readonly GuardedWrite[] } {
    const project = { id: newId('p'), name };
    const values = { ...project, now: this.clock.now() };
    return {
      project,
      writes: [{ sql: 'INSERT INTO projects (id, name, created_at) VALUES (@id, @name, @now)', values }],
    };
  }

  /** Errors of the commit: `project_not_found`. */
  rename(id: string, name: string): readonly GuardedWrite[] {
    return [{ sql: 'UPDATE projects SET name = @name WHERE id = @id', values: { id, name }, ...oneProject(id) }];
  }

  /**
   * Archives a project, or restores it if `at` is undefined. Errors: `conflict` for the default project; of the commit:
   * `project_not_found`.
   */
  setArchived(id: string, at: number | undefined): readonly GuardedWrite[] {
    if (id === defaultProject) throw new HeddleError('conflict', 'The first project cannot be archived.');
    const values = { id, at: at ?? null };
    return [{ sql: 'UPDATE projects SET archived_at = @at WHERE id = @id', values, ...oneProject(id) }];
  }

  /**
   * Removes an empty project with its memberships. Errors: `conflict` for the default project; of the commit: `project_not_found`,
   * `conflict`.
   */
  remove({ id, name }: Pick<StoredProject, 'id' | 'name'>): readonly GuardedWrite[] {
    if (id === defaultProject)
      throw new HeddleError('conflict', 'The first project cannot be removed: rename it instead.');
    const no = (sql: string, reason: string): GuardedWrite => ({
      sql: `${sql} LIMIT 1`,
      values: { id },
      rows: 0,
      otherwise: () => new HeddleError('conflict', `The project '${name}' has ${reason}.`),
    });
    const remove = (sql: string): GuardedWrite => ({ sql: `DELETE FROM ${sql} = @id`, values: { id } });
    return [
      lock('projects', id, () => projectNotFound(id)),
      no('SELECT 1 FROM owned WHERE project = @id', 'things, or runs of things that it had: it can be renamed'),
      no('SELECT 1 FROM conversations WHERE project = @id', 'conversations: erase them first'),
      no('SELECT 1 FROM facts WHERE project = @id', 'facts about people: erase them first'),
      remove('retention_rules WHERE project'),
      remove('memberships WHERE project'),
      remove('api_keys WHERE project'),
      remove('secrets WHERE owner'),
      ...this.grants.write.withoutProject(id),
      remove('projects WHERE id'),
    ];
  }

  /** Sets all roles of a member in a project. An empty list removes the member. Errors of the commit: `project_not_found`, `last_owner`. */
  setRoles(project: string, member: string, roles: readonly Role[]): readonly GuardedWrite[] {
    // The lock makes two owners who leave at the same time see each other.
    const first = lock('projects', project, () => projectNotFound(project));
    const staysOwned: GuardedWrite = {
      sql: `SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM memberships ${owner} AND project = @project AND member = @member)
        OR EXISTS (SELECT 1 FROM memberships ${owner} AND project = @project AND member <> @member)`,
      values: { project, member },
      rows: 1,
      otherwise: () =>
        new HeddleError('last_owner', `The project '${project}' needs an owner: name another one first.`),
    };
    return [
      first,
      ...(roles.includes('owner') ? [] : [staysOwned]),
      {
        sql: 'DELETE FROM memberships WHERE project = @project AND member = @member',
        values: { project, member },
      },
      ...[...new Set(roles)].map((role) => ({
        sql: 'INSERT INTO memberships (project, member, role) VALUES (@project, @member, @role)',
        values: { project, member, role },
      })),
    ];
  }

  /** Makes a member an owner of every project. */
  ownEverything(member: string): readonly GuardedWrite[] {
    const sql = `INSERT INTO memberships (project, member, role) SELECT id, @member, 'owner' FROM projects WHERE true ON CONFLICT DO NOTHING`;
    return [{ sql, values: { member } }];
  }

  /** Requires that each project of a user keeps an owner when the user is disabled. Errors of the commit: `last_owner`. */
  staysOwnedWithout(userId: string): readonly GuardedWrite[] {
    const values = { member: `user:${userId}` };
    const owned = "SELECT project FROM memberships WHERE member = @member AND role = 'owner'";
    return [
      { sql: `SELECT 1 FROM projects WHERE id IN (${owned}) FOR UPDATE`, values, rows: { least: 0 } },
      {
        sql: `SELECT 1 FROM projects p WHERE p.id IN (${owned})
          AND NOT EXISTS (SELECT 1 FROM memberships ${owner} AND project = p.id AND member <> @member)`,
        values,
        rows: 0,
        otherwise: () => new HeddleError('last_owner', 'There must be an owner: name another one first.'),
      },
    ];
  }

  /** Creates a service account, for API keys of a program. */
  createService(name: string): { readonly service: StoredService; readonly writes: readonly GuardedWrite[] } {
    const service = { id: newId('sa'), name };
    const values = { ...service, now: this.clock.now() };
    return {
      service,
      writes: [{ sql: 'INSERT INTO service_accounts (id, name, created_at) VALUES (@id, @name, @now)', values }],
    };
  }

  /** Errors of the commit: `user_not_found`. */
  removeService(id: string): readonly GuardedWrite[] {
    const values = { member: `service:${id}` };
    return [
      {
        sql: 'DELETE FROM service_accounts WHERE id = @id',
        values: { id },
        rows: 1,
        otherwise: () => new HeddleError('user_not_found', `There is no service account '${id}'.`),
      },
      { sql: 'DELETE FROM memberships WHERE member = @member', values },
      {
        sql: 'UPDATE api_keys SET revoked_at = coalesce(revoked_at, @now) WHERE owner = @member',
        values: { ...values, now: this.clock.now() },
      },
    ];
  }
}

const projectNotFound = (id: string): HeddleError =>
  new HeddleError('project_not_found', `There is no project '${id}'.`);

const oneProject = (id: string): Pick<GuardedWrite, 'rows' | 'otherwise'> => ({
  rows: 1,
  otherwise: () => projectNotFound(id),
});

function projectOf({ id, name, archived_at: archivedAt }: ProjectRow): StoredProject {
  return { id, name, archivedAt: archivedAt ?? undefined };
}
