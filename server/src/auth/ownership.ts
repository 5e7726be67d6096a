import type { IdentityStores } from '@heddle/adapters/identity';
import {
  defaultProject,
  everyProject,
  HeddleError,
  type Conversations,
  type Journal,
  type JobStore,
  type Principal,
  type ResourceName,
  type WorkflowStore,
} from '@heddle/core';

/** Injects what tells where a thing belongs. */
export const OWNERSHIP = Symbol('ownership');

/** Tells which project, and which workflow, a thing belongs to. */
export interface Ownership {
  /**
   * What does not exist belongs to the project that exists from the start: its own route answers 404. Of a thing of several projects
   * (a file, named by its content) it is one in which the caller is a member.
   */
  resourceOf(kind: ResourceName['kind'], id: string, principal?: Principal): Promise<ResourceName>;
  /** Things of a kind that a project has or will have. Errors: `project_not_found`. */
  newIn(kind: ResourceName['kind'], project: string): ResourceName;
  /** The projects of a thing by its id. */
  projectsOf(kind: ResourceName['kind'], id: string): readonly string[];
  /** Gives a new thing to a project. */
  assign(kind: ResourceName['kind'], id: string, project: string): void;
}

/** Kinds that have no project: they belong to the installation. */
const shared: ReadonlySet<ResourceName['kind']> = new Set([
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

/** What has no project of its own belongs to the one that exists from the start; runs belong to their workflow. */
export function createOwnership({
  journal,
  workflows,
  jobs,
  conversations,
  identity: { owned, grants, keys, projects },
}: {
  readonly journal: Journal;
  readonly workflows: WorkflowStore;
  readonly jobs: JobStore;
  readonly conversations: Pick<Conversations, 'find'>;
  readonly identity: IdentityStores;
}): Ownership {
  const marked = (resource: ResourceName & { readonly project: string }): ResourceName =>
    projects.isArchived(resource.project) ? { ...resource, isArchived: true } : resource;
  const named = async (
    kind: ResourceName['kind'],
    id: string,
    principal: Principal | undefined,
  ): Promise<ResourceName & { readonly project: string }> => {
    if (kind === 'project') return { kind, id, project: id };
    if (isGrantKind(kind)) {
      const owner = shared.has(kind) ? defaultProject : undefined;
      const own = owner === undefined ? owned.projectsOf(kind, id) : [owner];
      const granted = grants.granted(kind, id) ?? [];
      const isMember = (project: string): boolean =>
        principal?.kind === 'local' || principal?.roles.has(project) === true;
      // Of a project that has it only by a grant, where the caller is a member of none that owns it.
      if (principal !== undefined && !own.some(isMember)) {
        const through = [...principal.roles.keys()].find(
          (project) => granted.includes(project) || granted.includes(everyProject),
        );
        if (through !== undefined) return { kind, id, project: through, isGranted: true };
      }
      if (owner !== undefined) return { kind, id, project: owner };
    }
    if (shared.has(kind)) return { kind, id, project: defaultProject };
    const projectOf = (of: ResourceName['kind'], name: string): string => {
      const projects = owned.projectsOf(of, name);
      return projects.find((project) => principal?.roles.has(project)) ?? projects[0] ?? defaultProject;
    };
    if (kind === 'key') {
      const key = await known(() => Promise.resolve().then(() => keys.get(id)));
      return { kind, id, project: key?.project ?? defaultProject };
    }
    // One without an owner is for whoever manages projects.
    if (kind === 'conversation') {
      const owner = conversations.find(id)?.owner;
      return owner === undefined
        ? { kind, id, project: defaultProject }
        : { kind, id, project: owner.project, workflow: owner.workflow };
    }
    const resource = { kind, id, project: projectOf(kind, id) };
    if (kind === 'run') {
      const summary = await known(() => journal.summary(id));
      const workflow = summary?.workflowId;
      return workflow === undefined
        ? { ...resource, project: summary?.caller?.project ?? resource.project }
        : { ...resource, workflow, project: projectOf('workflow', workflow) };
    }
    // Workflows are addressed by id and by slug; keys are scoped by id.
    if (kind === 'workflow') {
      const workflow = (await known(async () => (await workflows.get(id)).id)) ?? id;
      return { kind, id: workflow, project: projectOf(kind, workflow) };
    }
    // The jobs of a collection are its project's; downloads of models are the installation's.
    if (kind === 'job') {
      const job = await known(() => jobs.get(id));
      return job?.kind === 'ingest' ? { ...resource, project: projectOf('collection', job.subject) } : resource;
    }
    return resource;
  };
  return {
    projectsOf: (kind, id) => owned.projectsOf(kind, id),
    assign: (kind, id, project) => owned.assign(kind, id, project),
    resourceOf: async (kind, id, principal) => marked(await named(kind, id, principal)),
    newIn(kind, project) {
      projects.get(project);
      return marked({ kind, project });
    },
  };
}
/** Kinds that are granted to projects which do not own them. */
const isGrantKind = (kind: ResourceName['kind']): kind is 'connection' | 'tool' | 'model' | 'collection' =>
  kind === 'connection' || kind === 'tool' || kind === 'model' || kind === 'collection';

const absent: ReadonlySet<string> = new Set(['run_not_found', 'workflow_not_found', 'job_not_found', 'key_not_found']);

async function known<T>(find: () => Promise<T>): Promise<T | undefined> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof HeddleError && absent.has(error.code)) return undefined;
    throw error;
  }
}
