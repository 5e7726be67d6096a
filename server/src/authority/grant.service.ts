import {
  everyProject,
  HeddleError,
  type Audit,
  type GrantKind,
  type GrantReply,
  type GrantUse,
  type Principal,
  type SetGrantReply,
} from '@heddle/core';
import type { Ownership } from '../auth/rights/ownership.js';
import { findUses, type UseSources } from './find-uses.js';
import type { ProjectGrants } from './project-grants.js';

interface Choice {
  readonly id: string;
  readonly name: string;
}

interface GrantDependencies extends UseSources {
  readonly grants: ProjectGrants;
  readonly ownership: Ownership;
  readonly audit: Audit;
  /** The ids of the existing resources of each kind, without collections in a store that does not answer. */
  readonly grantable: Readonly<Record<GrantKind, () => Promise<readonly string[]>>>;
  /** Throws the error of a store that does not answer. */
  readonly checkStores: () => Promise<unknown>;
  readonly projects: { list(): Promise<readonly Choice[]> };
  /** Called after each change, because compiled workflows warn about missing grants. */
  readonly onChange: () => void;
}

const kinds: readonly GrantKind[] = ['connection', 'tool', 'model', 'collection', 'secret', 'folder'];
/** The kinds of grants that a new project can copy from another project. Collections and secrets are granted one by one. */
const copied: readonly GrantKind[] = ['connection', 'tool', 'model'];

/** Shows and changes which projects may use which resources, and shows who uses them. */
export class GrantService {
  constructor(private readonly dependencies: GrantDependencies) {}

  /** All resources that the caller may grant, with their grants. */
  async list(
    mayGrant: (kind: GrantKind, id: string) => boolean,
    known: (project: string) => boolean,
  ): Promise<GrantReply[]> {
    const usesOf = await findUses(this.dependencies);
    const found = await Promise.all(
      kinds.map(async (kind) =>
        (await this.dependencies.grantable[kind]())
          .filter((id) => mayGrant(kind, id))
          .map((id) => this.reply(kind, id, usesOf(kind, id), known)),
      ),
    );
    return Promise.all(found.flat());
  }

  /** Errors: `not_found`, and those of a store that does not answer. */
  async get(kind: GrantKind, id: string, known: (project: string) => boolean): Promise<GrantReply> {
    await this.check(kind, id);
    return this.reply(kind, id, (await findUses(this.dependencies))(kind, id), known);
  }

  /**
   * Grants a resource to exactly these projects, from the next lookup on. Returns the live versions that lose a resource: they cannot be
   * called until they have it again. Errors: `not_found`, `project_not_found`.
   */
  async set(
    kind: GrantKind,
    id: string,
    projects: readonly string[],
    who: Pick<Principal, 'id'>,
    known: (project: string) => boolean,
  ): Promise<SetGrantReply> {
    const { grants, audit, onChange } = this.dependencies;
    await this.check(kind, id);
    await this.checkProjects(projects, (project) => known(project) || grants.projectsOf(kind, id).includes(project));
    const uses = (await findUses(this.dependencies))(kind, id);
    const had = uses.filter(({ project }) => grants.has(project, kind, id));
    const details = { step: 'granted', projects } as const;
    await audit.commit(
      { kind: 'grant', who: who.id, subject: `${kind}:${id}`, details },
      grants.write.set(kind, id, projects),
    );
    onChange();
    const breaks = had.filter(({ project, version }) => version !== undefined && !grants.has(project, kind, id));
    return { ...(await this.reply(kind, id, uses, known)), breaks };
  }

  /** Copies the grants of connections, tool servers and models from one project to another. Errors: `project_not_found`. */
  async copy(from: string, to: string, who: Pick<Principal, 'id'>): Promise<void> {
    const { grants, audit, grantable, onChange } = this.dependencies;
    await this.checkProjects([from, to]);
    const found = await Promise.all(
      copied.map(async (kind) =>
        (await grantable[kind]()).map((id) => ({ kind, id, projects: grants.projectsOf(kind, id) })),
      ),
    );
    const shared = found.flat().filter(({ projects }) => projects.includes(from) && !projects.includes(to));
    const details = { step: 'granted as another project has it', from, things: shared.length } as const;
    const writes = shared.flatMap(({ kind, id }) => grants.shareWith(kind, id, to));
    await audit.commit({ kind: 'grant', who: who.id, subject: `project:${to}`, details }, writes);
    onChange();
  }

  private async reply(
    kind: GrantKind,
    id: string,
    uses: readonly GrantUse[],
    known: (project: string) => boolean,
  ): Promise<GrantReply> {
    const { grants, ownership } = this.dependencies;
    const owner = kind === 'collection' ? ownership.projectsOf(kind, id)[0] : undefined;
    const projects = grants.projectsOf(kind, id).filter((project) => project !== owner);
    const choices = (await this.dependencies.projects.list())
      .filter((project) => project.id !== owner && (known(project.id) || projects.includes(project.id)))
      .map(({ id: project, name }) => ({ id: project, name }));
    return { kind, id, owner, projects: [...projects], uses: [...uses], choices };
  }

  private async check(kind: GrantKind, id: string): Promise<void> {
    const { grantable, checkStores } = this.dependencies;
    if ((await grantable[kind]()).includes(id)) return;
    if (kind === 'collection') await checkStores();
    throw new HeddleError('not_found', `There is no ${kind} '${id.slice(0, 200)}' to grant.`);
  }

  private async checkProjects(
    projects: readonly string[],
    mayName: (project: string) => boolean = () => true,
  ): Promise<void> {
    const all = new Set((await this.dependencies.projects.list()).map(({ id }) => id));
    const unknown = projects.find((project) => project !== everyProject && !(all.has(project) && mayName(project)));
    if (unknown !== undefined)
      throw new HeddleError('project_not_found', `There is no project '${unknown}' here; '*' stands for all of them.`);
  }
}
