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
import type { Ownership } from '../auth/ownership.js';
import { findUses, type UseSources } from './find-uses.js';
import type { ProjectGrants } from './project-grants.js';

export interface GrantParts extends UseSources {
  readonly grants: ProjectGrants;
  readonly ownership: Ownership;
  readonly audit: Audit;
  /** Ids of the things of a kind that are here. */
  readonly things: Readonly<Record<GrantKind, () => Promise<readonly string[]>>>;
  readonly projects: { list(): readonly { readonly id: string }[] };
  /** Told of each change: compiled workflows warn of what is not granted. */
  readonly onChange: () => void;
}

const kinds: readonly GrantKind[] = ['connection', 'tool', 'model', 'collection', 'secret', 'folder'];

/** Which projects may use what, who uses it, and the change of both. */
export class GrantService {
  constructor(private readonly parts: GrantParts) {}

  /** Every thing that can be granted and that the caller may grant. */
  async list(mayGrant: (kind: GrantKind, id: string) => boolean): Promise<GrantReply[]> {
    const usesOf = await findUses(this.parts);
    const found = await Promise.all(
      kinds.map(async (kind) =>
        (await this.parts.things[kind]())
          .filter((id) => mayGrant(kind, id))
          .map((id) => this.reply(kind, id, usesOf(kind, id))),
      ),
    );
    return found.flat();
  }

  /** Errors: `not_found`. */
  async get(kind: GrantKind, id: string): Promise<GrantReply> {
    await this.check(kind, id);
    return this.reply(kind, id, (await findUses(this.parts))(kind, id));
  }

  /**
   * Grants a thing to exactly these projects. It counts from the next lookup on: live versions that lose something are named, and are
   * not called any more until they have it again. Errors: `not_found`, `project_not_found`.
   */
  async set(
    kind: GrantKind,
    id: string,
    projects: readonly string[],
    who: Pick<Principal, 'id'>,
  ): Promise<SetGrantReply> {
    const { grants, audit, onChange } = this.parts;
    await this.check(kind, id);
    this.checkProjects(projects);
    const uses = (await findUses(this.parts))(kind, id);
    const had = uses.filter(({ project }) => grants.has(project, kind, id));
    const details = { step: 'granted', projects };
    await audit.act([{ act: 'grant', who: who.id, subject: `${kind}:${id}`, isAllowed: true, details }], () =>
      grants.set(kind, id, projects),
    );
    onChange();
    const breaks = had.filter(({ project, version }) => version !== undefined && !grants.has(project, kind, id));
    return { ...this.reply(kind, id, uses), breaks };
  }

  /** Lets a project use what another one may use now. Errors: `project_not_found`. */
  async copy(from: string, to: string, who: Pick<Principal, 'id'>): Promise<void> {
    const { grants, audit, things, onChange } = this.parts;
    this.checkProjects([from, to]);
    const found = await Promise.all(
      kinds.map(async (kind) =>
        (await things[kind]()).map((id) => ({ kind, id, projects: grants.projectsOf(kind, id) })),
      ),
    );
    const shared = found.flat().filter(({ projects }) => projects.includes(from) && !projects.includes(to));
    const details = { step: 'granted as another project has it', from, things: shared.length };
    await audit.act([{ act: 'grant', who: who.id, subject: `project:${to}`, isAllowed: true, details }], () => {
      for (const { kind, id, projects } of shared)
        grants.set(kind, id, kind === 'collection' ? [...projects.slice(1), to] : [...projects, to]);
    });
    onChange();
  }

  private reply(kind: GrantKind, id: string, uses: readonly GrantUse[]): GrantReply {
    const { grants, ownership } = this.parts;
    const owner = kind === 'collection' ? ownership.projectsOf(kind, id)[0] : undefined;
    const projects = grants.projectsOf(kind, id).filter((project) => project !== owner);
    return { kind, id, ...(owner === undefined ? {} : { owner }), projects: [...projects], uses: [...uses] };
  }

  private async check(kind: GrantKind, id: string): Promise<void> {
    if ((await this.parts.things[kind]()).includes(id)) return;
    throw new HeddleError('not_found', `There is no ${kind} '${id.slice(0, 200)}' to grant.`);
  }

  private checkProjects(projects: readonly string[]): void {
    const known = new Set([everyProject, ...this.parts.projects.list().map(({ id }) => id)]);
    const unknown = projects.find((project) => !known.has(project));
    if (unknown !== undefined)
      throw new HeddleError('project_not_found', `There is no project '${unknown}' here; '*' stands for all of them.`);
  }
}
