import type { SqliteTables } from '@heddle/adapters/database';
import type { IdentityStores } from '@heddle/adapters/identity';
import {
  defaultProject,
  everyProject,
  type Conversations,
  type FactStore,
  type Journal,
  type JobStore,
  type Principal,
  type ResourceName,
  type RunCaller,
  type WorkflowStore,
} from '@heddle/core';
import { undefinedIf } from '../../common/undefined-if.js';
import { ownerOfJob } from './owner-of-job.js';

type Kind = ResourceName['kind'];
type OwnedResource = ResourceName & { readonly project: string };

/** Kinds that have no project: they belong to the installation. */
const shared: ReadonlySet<Kind> = new Set([
  'model',
  'connection',
  'secret',
  'policy',
  'budget',
  'tool',
  'user',
  'audit',
  'installation',
]);

/**
 * Finds the project, and the workflow, that a resource belongs to. A resource without a project of its own belongs to the default project.
 * A run belongs to the project of its workflow.
 */
export class Ownership {
  constructor(
    private readonly journal: Pick<Journal, 'summary'>,
    private readonly workflows: Pick<WorkflowStore, 'get'>,
    private readonly jobs: Pick<JobStore, 'get'>,
    private readonly conversations: Pick<Conversations, 'find'>,
    private readonly facts: Pick<FactStore, 'find'>,
    private readonly stores: Pick<IdentityStores, 'owned' | 'grants' | 'keys' | 'projects'>,
    private readonly tables: Pick<SqliteTables, 'apply' | 'commit'>,
  ) {}

  /**
   * The resource with its project. If it does not exist, it belongs to the default project, and its own route replies 404. A file is named
   * by its content, so several projects can have it; then the result is a project that the caller is a member of.
   */
  async resourceOf(kind: Kind, id: string, principal?: Principal): Promise<ResourceName> {
    return this.marked(this.granted(kind, id, principal) ?? (await this.owned(kind, id, principal)));
  }

  /** Who started a run. Errors: `run_not_found`. */
  async callerOf(runId: string): Promise<RunCaller | undefined> {
    return (await this.journal.summary(runId)).caller;
  }

  /** The resource name for a new item of a project, or for all its items of a kind. Errors: `project_not_found`. */
  async newIn(kind: Kind, project: string): Promise<ResourceName> {
    await this.stores.projects.get(project);
    return this.marked({ kind, project });
  }

  /** The projects that own a resource. */
  projectsOf(kind: Exclude<Kind, 'file'>, id: string): readonly string[] {
    return this.stores.owned.projectsOf(kind, id);
  }

  projectsOfFile(id: string): Promise<readonly string[]> {
    return this.stores.owned.projectsOfFile(id);
  }

  /** The writes of this store, for operations that commit several writes together. */
  get write(): IdentityStores['owned']['write'] {
    return this.stores.owned.write;
  }

  /** Assigns a new resource to a project. */
  async commitOwner(kind: Kind, id: string, project: string): Promise<void> {
    await this.tables.commit(this.write.assign(kind, id, project));
  }

  /** Removes the owner and all grants of a removed collection, so that every project can use its name again. */
  async forgetCollection(id: string): Promise<void> {
    const { owned, grants } = this.stores;
    await this.tables.commit([...owned.write.forget('collection', id), ...grants.write.forget('collection', id)]);
  }

  /** Assigns a new resource to a project, inside a synchronous SQLite transaction. Operations that commit writes use `write.assign`. */
  assign(kind: Kind, id: string, project: string): void {
    this.tables.apply(this.write.assign(kind, id, project));
  }

  /** Removes the owner of a removed resource, inside a synchronous SQLite transaction. Operations that commit writes use `write.forget`. */
  forget(kind: Kind, id: string): void {
    this.tables.apply(this.write.forget(kind, id));
  }

  private async marked(resource: OwnedResource): Promise<ResourceName> {
    return (await this.stores.projects.isArchived(resource.project)) ? { ...resource, isArchived: true } : resource;
  }

  /** The resource through a project of the caller that has a grant for it, if no project of the caller owns it. */
  private granted(kind: Kind, id: string, principal: Principal | undefined): OwnedResource | undefined {
    if (!isGrantKind(kind) || principal === undefined) return undefined;
    const own = shared.has(kind) ? [defaultProject] : this.projectsOf(kind, id);
    if (own.some((project) => principal.kind === 'local' || principal.roles.has(project))) return undefined;
    const granted = this.stores.grants.granted(kind, id) ?? [];
    const through = [...principal.roles.keys()].find(
      (project) => granted.includes(project) || granted.includes(everyProject),
    );
    return through === undefined ? undefined : { kind, id, project: through, isGranted: true };
  }

  private async owned(kind: Kind, id: string, principal: Principal | undefined): Promise<OwnedResource> {
    if (kind === 'project') return { kind, id, project: id };
    if (shared.has(kind)) return { kind, id, project: defaultProject };
    const oneOf = (projects: readonly string[]): string =>
      projects.find((project) => principal?.roles.has(project)) ?? projects[0] ?? defaultProject;
    const projectOf = (of: Exclude<Kind, 'file'>, name: string): string => oneOf(this.projectsOf(of, name));
    switch (kind) {
      case 'file':
        return { kind, id, project: oneOf(await this.projectsOfFile(id)) };
      case 'key': {
        const key = await known(() => this.stores.keys.get(id));
        return { kind, id, project: key?.project ?? defaultProject };
      }
      case 'fact':
      case 'conversation': {
        // A conversation or a fact without an owner belongs to the default project.
        const owner = (await (kind === 'fact' ? this.facts : this.conversations).find(id))?.owner;
        return { kind, id, project: owner?.project ?? defaultProject, workflow: owner?.workflow };
      }
      case 'run': {
        const summary = await known(() => this.journal.summary(id));
        const workflow = summary?.workflowId;
        if (workflow !== undefined) return { kind, id, workflow, project: projectOf('workflow', workflow) };
        return { kind, id, project: summary?.caller?.project ?? projectOf(kind, id) };
      }
      case 'workflow': {
        // Workflows are addressed by id and by slug, but keys are scoped by id.
        const workflow = (await known(async () => (await this.workflows.get(id)).id)) ?? id;
        return { kind, id: workflow, project: projectOf(kind, workflow) };
      }
      case 'job': {
        const job = await known(() => this.jobs.get(id));
        const owner = job === undefined ? kind : ownerOfJob[job.kind];
        return { kind, id, project: projectOf(owner, owner === kind ? id : (job?.subject ?? '')) };
      }
      default:
        return { kind, id, project: projectOf(kind, id) };
    }
  }
}

/** Kinds of resources that can be granted to projects that do not own them. */
const isGrantKind = (kind: ResourceName['kind']): kind is 'connection' | 'tool' | 'model' | 'collection' =>
  kind === 'connection' || kind === 'tool' || kind === 'model' || kind === 'collection';

const absent = ['run_not_found', 'workflow_not_found', 'job_not_found', 'key_not_found'] as const;

const known = <T>(find: () => Promise<T>): Promise<T | undefined> => undefinedIf(absent, find);
