import {
  defaultProject,
  subjectOf,
  type GrantKind,
  type NodeCatalog,
  type PlanBundle,
  type RunAcceptance,
  type VersionStore,
} from '@heddle/core';
import type { Ownership } from '../auth/rights/ownership.js';
import { referencesOf } from '../common/references.js';
import { grantOf, type ProjectGrants } from './project-grants.js';

/** The authority with which a run uses the resources that its nodes name. Neither its caller nor its inputs can widen it. */
export interface Authority {
  readonly run: RunAcceptance;
  /** The project of the workflow. For a document that is not stored, the project in which the run was started. */
  readonly project: string;
  /** The id of the workflow. For a document that is not stored, `document:` and its name. */
  readonly workflow: string;
  /** The person whom the run serves. It selects memory and conversations, and gives no rights. */
  readonly subject: string;
  /** Whether the run may use a resource. A resource that it may not use is treated like one that does not exist. */
  mayUse(kind: GrantKind, id: string): boolean;
}

/** Determines the authority of runs. */
export interface Authorities {
  /** Returns synchronously if the authority is known already. */
  of(run: RunAcceptance): Authority | Promise<Authority>;
}

/**
 * For these kinds, a run of a published version may use only what the version refers to, so that a node cannot reach another resource by a
 * made-up name.
 */
const limited: ReadonlySet<GrantKind> = new Set(['collection', 'secret', 'tool']);
const mostVersions = 500;

/**
 * The authority of a run follows from its acceptance: from its project and, for a published version, from the references in its document.
 * Grants are checked at each lookup, so a revoked grant takes effect at once.
 */
export function createAuthorities(
  grants: ProjectGrants,
  ownership: Pick<Ownership, 'projectsOf'>,
  versions: Pick<VersionStore, 'get'>,
  catalog: NodeCatalog,
): Authorities {
  const known = new WeakMap<RunAcceptance, Authority>();
  const limits = new Map<string, ReadonlySet<string>>();

  function make(run: RunAcceptance, limit: ReadonlySet<string> | undefined): Authority {
    const { project, workflow } = scopeOfRun(run, ownership);
    const authority: Authority = {
      run,
      project,
      workflow,
      subject: subjectOf(run.caller),
      mayUse: (kind, id) =>
        (limit === undefined || !limited.has(kind) || limit.has(`${kind} ${id}`)) &&
        (kind === 'secret' || grants.has(project, kind, id)),
    };
    known.set(run, authority);
    return authority;
  }

  return {
    of(run) {
      const before = known.get(run);
      if (before !== undefined) return before;
      const { workflowId, version } = run;
      if (workflowId === undefined || version === undefined) return make(run, undefined);
      const key = `${workflowId} ${version}`;
      const limit = limits.get(key);
      if (limit !== undefined) return make(run, limit);
      return versions.get(workflowId, version).then(({ bundle }) => {
        const found = namesIn(bundle, catalog);
        if (limits.size >= mostVersions) limits.clear();
        limits.set(key, found);
        return make(run, found);
      });
    },
  };
}

/** The project and the workflow of a run. */
export function scopeOfRun(
  {
    caller,
    workflowId,
    workflowName,
  }: Pick<RunAcceptance, 'workflowId' | 'workflowName'> & {
    readonly caller?: RunAcceptance['caller'] | undefined;
  },
  ownership: Pick<Ownership, 'projectsOf'>,
): Pick<Authority, 'project' | 'workflow'> {
  const stored = workflowId === undefined ? undefined : ownership.projectsOf('workflow', workflowId)[0];
  return {
    // The project is stored with the run: its workflow may be deleted meanwhile.
    project: caller?.project ?? stored ?? defaultProject,
    workflow: workflowId ?? `document:${workflowName}`,
  };
}

function namesIn(bundle: PlanBundle, catalog: NodeCatalog): ReadonlySet<string> {
  const names = new Set<string>();
  for (const document of [bundle.document, ...Object.values(bundle.workflows)])
    for (const reference of referencesOf(document, catalog)) {
      const needed = reference.kind === 'secret' ? ({ kind: 'secret', id: reference.id } as const) : grantOf(reference);
      if (needed !== undefined) names.add(`${needed.kind} ${needed.id}`);
    }
  return names;
}
