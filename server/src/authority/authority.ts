import {
  defaultProject,
  subjectOf,
  type GrantKind,
  type NodeCatalog,
  type PlanBundle,
  type RunAcceptance,
  type VersionStore,
} from '@heddle/core';
import type { Ownership } from '../auth/ownership.js';
import { referencesOf } from '../common/references.js';
import { grantOf, type ProjectGrants } from './project-grants.js';

/** With what right a run reaches what its nodes name. Neither its caller nor its inputs can widen it. */
export interface Authority {
  /** The run that has it. */
  readonly run: RunAcceptance;
  /** The project of the workflow; of a document that is not stored, the one in which it was started. */
  readonly project: string;
  /** Id of the workflow; for a document that is not stored, `document:` and its name. */
  readonly workflow: string;
  /** Whom the run is for; it selects memory and conversations, and opens nothing. */
  readonly subject: string;
  /** Whether the run may use a thing. What it may not use is answered like what does not exist. */
  mayUse(kind: GrantKind, id: string): boolean;
}

/** Gives the authority of runs. */
export interface Authorities {
  /** At once where it is known already. */
  of(run: RunAcceptance): Authority | Promise<Authority>;
}

export interface AuthorityParts {
  readonly grants: ProjectGrants;
  readonly ownership: Pick<Ownership, 'projectsOf'>;
  readonly versions: Pick<VersionStore, 'get'>;
  readonly catalog: NodeCatalog;
}

/** Of a published version a run uses only those that the version refers to: a name that a node makes up in a run reaches no other. */
const limited: ReadonlySet<GrantKind> = new Set(['collection', 'secret', 'tool']);
const mostVersions = 500;

/**
 * The authority of a run follows from its acceptance: the project, and of a published version what its document refers to. Grants are
 * asked at each lookup, so one that is taken back counts at once.
 */
export function createAuthorities({ grants, ownership, versions, catalog }: AuthorityParts): Authorities {
  const known = new WeakMap<RunAcceptance, Authority>();
  const limits = new Map<string, ReadonlySet<string>>();

  function make(run: RunAcceptance, limit: ReadonlySet<string> | undefined): Authority {
    const { project, workflow } = placeOfRun(run, ownership);
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
export function placeOfRun(
  {
    caller,
    workflowId,
    workflowName,
  }: Pick<RunAcceptance, 'workflowId' | 'workflowName'> & {
    readonly caller?: RunAcceptance['caller'] | undefined;
  },
  { projectsOf }: Pick<Ownership, 'projectsOf'>,
): Pick<Authority, 'project' | 'workflow'> {
  const stored = workflowId === undefined ? undefined : projectsOf('workflow', workflowId)[0];
  return {
    // Kept with the run: its workflow may be deleted while it goes on.
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
