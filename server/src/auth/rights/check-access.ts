import {
  authorise,
  collectionNotFound,
  defaultProject,
  HeddleError,
  runNotFound,
  workflowNotFound,
  type Clock,
  type Permission,
  type Principal,
  type ResourceName,
  type Verdict,
} from '@heddle/core';

/**
 * Throws the matching HTTP error unless access is allowed. `asked` is the name that the caller used, for example a slug. Errors:
 * `unauthorized`, `…_not_found` for resources of other projects, `forbidden`, `project_archived`.
 */
export function checkAccess(
  principal: Principal,
  permission: Permission,
  resource: ResourceName,
  clock: Pick<Clock, 'now'>,
  asked?: string,
): void {
  switch (verdictOf(principal, permission, resource, clock.now(), asked)) {
    case 'allowed':
      return;
    case 'unknown':
      throw new HeddleError('unauthorized', 'Sign in, or send an API key as "Authorization: Bearer …".');
    case 'hidden':
      throw absent(resource, asked);
    case 'archived':
      throw new HeddleError(
        'project_archived',
        'The project is archived: its contents can only be read. An owner can restore it.',
      );
    case 'forbidden':
      throw new HeddleError(
        'forbidden',
        `'${principal.name}' must not do this: it needs the right '${permission}'.${narrowedHint(principal, permission)}`,
        { details: { permission } },
      );
  }
}

/** A hint for keys of an older version: what changed, and how to restore the right. */
function narrowedHint({ kind, narrowedFrom }: Principal, permission: Permission): string {
  if (kind !== 'key' || narrowedFrom === undefined) return '';
  return ` An upgrade narrowed this key to calls of published versions: an owner adds '${permission}' to it under API keys, or with heddle keys allow.`;
}

/** Decides about access. A resource that is hidden from the caller gets the same verdict as one that does not exist. */
function verdictOf(
  principal: Principal,
  permission: Permission,
  resource: ResourceName,
  now: number,
  asked: string | undefined,
): Verdict {
  const verdict = authorise(principal, permission, resource, now);
  if (verdict !== 'hidden' || asked === undefined) return verdict;
  const { kind } = resource;
  const decision = authorise(principal, permission, { kind, id: asked, project: defaultProject }, now);
  return decision === 'allowed' ? 'hidden' : decision;
}

/** The message never contains the id: a caller who used another name would learn that the resource exists. */
function absent({ kind }: ResourceName, asked: string | undefined): HeddleError {
  if (asked !== undefined && kind === 'workflow') return workflowNotFound(asked);
  if (asked !== undefined && kind === 'collection') return collectionNotFound(asked);
  if (asked !== undefined && kind === 'run') return runNotFound(asked);
  if (kind === 'installation' || kind === 'audit') return beyondKey();
  return new HeddleError('not_found', `There is no such ${kind} here, or you may not see it.`);
}

/** The error for resources that belong to all projects. Their existence is no secret; only the scopes of a key hide them. */
const beyondKey = (): HeddleError =>
  new HeddleError(
    'scope_missing',
    'This key is for single workflows only, and what you request belongs to the whole installation: use a key that is not limited to workflows.',
  );
