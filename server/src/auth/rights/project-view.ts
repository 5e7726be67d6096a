import {
  authorise,
  defaultProject,
  everyProject,
  HeddleError,
  projectHeader,
  type ErrorValue,
  type GrantKind,
  type OwnedRun,
  type Permission,
  type Principal,
  type ResourceName,
  type RunSummary,
} from '@heddle/core';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { requestOf } from '../caller.js';

/** The project of a request: new items are created there, and lists show its items. */
export interface ProjectView {
  readonly project: string;
  /** Whether the request names the project itself. */
  readonly isNamed: boolean;
  /** Whether lists show an item to this caller. */
  shows(kind: ListedKind, id: string): boolean;
  /** Whether the caller may change a collection. Only then do they see which documents it has. */
  mayChange(kind: 'collection', id: string): boolean;
  showsRun(run: OwnedRun): boolean;
  /** Whether the caller may read the inputs and outputs of a run. */
  showsValuesOf(run: OwnedRun): boolean;
  /** Whether a project of the view may use a resource that needs a grant. */
  mayUse(kind: GrantKind, id: string): boolean;
  /**
   * The summary of a run as a list shows it. The message of a failure can contain values, so it is shown only with the right to read
   * values.
   */
  summaryOf(run: RunSummary): RunSummary;
}

/** All kinds of resources except files, which no list shows. */
type ListedKind = Exclude<ResourceName['kind'], 'file'>;

const readRights: { readonly [Kind in ListedKind]?: Permission } = {
  workflow: 'workflow:read',
  collection: 'collection:read',
  dataset: 'run:values',
  experiment: 'run:read',
  replay: 'run:values',
  'annotation-queue': 'run:values',
  prompt: 'workflow:read',
  alert: 'run:read',
  monitor: 'run:read',
  job: 'run:read',
};

interface ViewOptions {
  readonly principal: Principal;
  /** The project that the request names; undefined if it names none. */
  readonly named: string | undefined;
  /** The projects that own a resource. */
  readonly projectsOf: (kind: ListedKind, id: string) => readonly string[];
  /** The projects that may use a resource. */
  readonly grantedTo: (kind: GrantKind, id: string) => readonly string[];
  readonly now: () => number;
}

/**
 * Creates the view of a request. A request that names no project creates items in the caller's first project and sees everything that the
 * caller may see.
 */
export function createView({ principal, named, projectsOf, grantedTo, now }: ViewOptions): ProjectView {
  const may = (right: Permission, resource: ResourceName & { readonly project: string }): boolean =>
    (named === undefined || named === resource.project) && authorise(principal, right, resource, now()) === 'allowed';
  const mayOfRun = (right: Permission, { runId: id, workflowId: workflow, caller }: OwnedRun): boolean =>
    workflow === undefined
      ? may(right, { kind: 'run', id, project: caller?.project ?? defaultProject })
      : projectsOf('workflow', workflow).some((project) => may(right, { kind: 'run', id, project, workflow }));
  const isIn = (project: string): boolean =>
    (named === undefined || named === project) && (principal.kind === 'local' || principal.roles.has(project));
  /** A grant to every project counts for each project of the caller. */
  const withEvery = (projects: readonly string[]): readonly string[] =>
    projects.includes(everyProject)
      ? [...projects, ...(named === undefined ? principal.roles.keys() : [named])]
      : projects;
  return {
    project: named ?? homeProjectOf(principal),
    isNamed: named !== undefined,
    shows(kind, id) {
      const right = readRights[kind];
      const projects = kind === 'collection' ? withEvery(grantedTo(kind, id)) : projectsOf(kind, id);
      return right !== undefined && projects.some((project) => may(right, { kind, id, project }));
    },
    mayChange: (kind, id) => projectsOf(kind, id).some((project) => may('collection:write', { kind, id, project })),
    mayUse: (kind, id) => withEvery(grantedTo(kind, id)).some((project) => isIn(project)),
    showsRun: (run) => mayOfRun('run:read', run),
    showsValuesOf: (run) => mayOfRun('run:values', run),
    summaryOf: (run) => (run.error === undefined || mayOfRun('run:values', run) ? run : withoutMessage(run, run.error)),
  };
}

function withoutMessage(run: RunSummary, { code, retryable }: ErrorValue): RunSummary {
  return { ...run, error: { code, retryable, message: 'Why it failed needs the right run:values to read.' } };
}

/** The project that is used for a caller who names none. */
export function homeProjectOf(principal: Principal): string {
  if (principal.kind === 'local' || principal.roles.has(defaultProject)) return defaultProject;
  return principal.roles.keys().next().value ?? defaultProject;
}

/** The project that a request names. Errors: `bad_request`. */
export function namedProject(headers: Readonly<Record<string, string | string[] | undefined>>): string | undefined {
  const name = headers[projectHeader];
  if (name === undefined) return undefined;
  if (typeof name === 'string' && /^[a-z0-9_-]{1,64}$/i.test(name)) return name;
  throw new HeddleError('bad_request', `The header ${projectHeader} must be the id of a project.`);
}

const views = new WeakMap<object, ProjectView>();

export function setView(request: object, view: ProjectView): void {
  views.set(request, view);
}

export function viewOf(request: object): ProjectView | undefined {
  return views.get(request);
}

/**
 * The project of a request, as the guard found it.
 *
 * @example @Get() @Access('workflow:read', { kind: 'workflow' }) list(@View() view: ProjectView) { … }
 */
export const View = createParamDecorator((_data: unknown, context: ExecutionContext): ProjectView => {
  const view = views.get(requestOf(context));
  if (view === undefined) throw new HeddleError('internal', 'A route asks for its project and has no access rule.');
  return view;
});
