import type { SqliteTables } from '@heddle/adapters/database';
import type { IdentityStores } from '@heddle/adapters/identity';
import {
  defaultProject,
  everyProject,
  HeddleError,
  type Conversations,
  type FactStore,
  type Journal,
  type JobStore,
  type Principal,
  type ResourceName,
  type RunCaller,
  type WorkflowStore,
} from '@heddle/core';

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
 * Tells which project, and which workflow, a thing belongs to. A thing without a project of its own belongs to the default project. A run
 * belongs to the project of its workflow.
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
   * What does not exist belongs to the default project: its own route answers 404. Several projects can have the same file, which is
   * named by its content: then the result is a project that the caller is a member of.
   */
  async resourceOf(kind: Kind, id: string, principal?: Principal): Promise<ResourceName> {
    return this.marked(this.granted(kind, id, principal) ?? (await this.owned(kind, id, principal)));
  }

  /** Who began a run. Errors: `run_not_found`. */
  async callerOf(runId: string): Promise<RunCaller | undefined> {
    return (await this.journal.summary(runId)).caller;
  }

  /** Things of a kind that a project has or will have. Errors: `project_not_found`. */
  async newIn(kind: Kind, project: string): Promise<ResourceName> {
    await this.stores.projects.get(project);
    return this.marked({ kind, project });
  }

  /** The projects of a thing by its id. */
  projectsOf(kind: Exclude<Kind, 'file'>, id: string): readonly string[] {
    return this.stores.owned.projectsOf(kind, id);
  }

  projectsOfFile(id: string): Promise<readonly string[]> {
    return this.stores.owned.projectsOfFile(id);
  }

  /** Changes, for the operations that make them. */
  get write(): IdentityStores['owned']['write'] {
    return this.stores.owned.write;
  }

  /** Gives a new thing to a project. */
  async give(kind: Kind, id: string, project: string): Promise<void> {
    await this.tables.commit(this.write.assign(kind, id, project));
  }

  /** A removed collection has no owner, and is granted to nobody: its name is free again, for every project. */
  async forgetCollection(id: string): Promise<void> {
    const { owned, grants } = this.stores;
    await this.tables.commit([...owned.write.forget('collection', id), ...grants.write.forget('collection', id)]);
  }

  /** Gives a new thing to a project, in synchronous work of SQLite. Operations that commit writes use `write.assign`. */
  assign(kind: Kind, id: string, project: string): void {
    this.tables.apply(this.write.assign(kind, id, project));
  }

  /** For a removed thing, in synchronous work of SQLite. Operations that commit writes use `write.forget`. */
  forget(kind: Kind, id: string): void {
    this.tables.apply(this.write.forget(kind, id));
  }

  private async marked(resource: OwnedResource): Promise<ResourceName> {
    return (await this.stores.projects.isArchived(resource.project)) ? { ...resource, isArchived: true } : resource;
  }

  /** A thing of a project that has it by a grant only, where the caller is a member of no project that owns it. */
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
        // A conversation without an owner is for people who manage projects.
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
        // Workflows are addressed by id and by slug; keys are scoped by id.
        const workflow = (await known(async () => (await this.workflows.get(id)).id)) ?? id;
        return { kind, id: workflow, project: projectOf(kind, workflow) };
      }
      case 'job': {
        // The jobs of a collection, of a dataset and of an experiment belong to their projects; downloads of models belong to the installation.
        const job = await known(() => this.jobs.get(id));
        const ofJob = {
          ingest: 'collection',
          reindex: 'collection',
          graph: 'collection',
          sync: 'collection',
          experiment: 'experiment',
          questions: 'dataset',
          negatives: 'dataset',
          lab: 'dataset',
        } as const;
        const owner = job !== undefined && isOf(ofJob, job.kind) ? ofJob[job.kind] : undefined;
        return { kind, id, project: owner === undefined ? projectOf(kind, id) : projectOf(owner, job?.subject ?? '') };
      }
      default:
        return { kind, id, project: projectOf(kind, id) };
    }
  }
}

/** Kinds that are granted to projects which do not own them. */
const isGrantKind = (kind: ResourceName['kind']): kind is 'connection' | 'tool' | 'model' | 'collection' =>
  kind === 'connection' || kind === 'tool' || kind === 'model' || kind === 'collection';

const isOf = <Map extends object>(map: Map, name: PropertyKey): name is keyof Map => Object.hasOwn(map, name);

const absent: ReadonlySet<string> = new Set(['run_not_found', 'workflow_not_found', 'job_not_found', 'key_not_found']);

async function known<T>(find: () => Promise<T>): Promise<T | undefined> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof HeddleError && absent.has(error.code)) return undefined;
    throw error;
  }
}
