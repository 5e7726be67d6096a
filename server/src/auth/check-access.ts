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
 * Passes, or says why not in the words of HTTP. `asked` is what the caller calls the thing: a slug, say. Errors: `unauthorized`,
 * `…_not_found` for things of other projects, `forbidden`, `project_archived`.
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
        'The project is archived: what is in it can be looked at. An owner can take it out of the archive.',
      );
    case 'forbidden':
      throw new HeddleError(
        'forbidden',
        `'${principal.name}' must not do this: it needs the right '${permission}'.${narrowedWords(principal, permission)}`,
        { details: { permission } },
      );
  }
}

/** Of a key of before: what happened to it, and what brings the right back. */
function narrowedWords({ kind, narrowedFrom }: Principal, permission: Permission): string {
  if (kind !== 'key' || narrowedFrom === undefined) return '';
  return ` An upgrade narrowed this key to calls of published versions: an owner adds '${permission}' to it under API keys, or with heddle keys allow.`;
}

/** What is hidden is answered as what is not there, which belongs to the project that exists from the start. */
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
  const told = authorise(principal, permission, { kind, id: asked, project: defaultProject }, now);
  return told === 'allowed' ? 'hidden' : told;
}

/** Never by its id: who asked for it by another name would learn that it is there. */
function absent({ kind }: ResourceName, asked: string | undefined): HeddleError {
  if (asked !== undefined && kind === 'workflow') return workflowNotFound(asked);
  if (asked !== undefined && kind === 'collection') return collectionNotFound(asked);
  if (asked !== undefined && kind === 'run') return runNotFound(asked);
  if (kind === 'installation' || kind === 'audit') return beyondKey();
  return new HeddleError('not_found', `There is no such ${kind} here, or it is not for you to see.`);
}

/** Only the scopes of a key hide what belongs to all projects: that it is there is no secret. */
const beyondKey = (): HeddleError =>
  new HeddleError(
    'scope_missing',
    'This key is for single workflows only, and what you ask for belongs to the whole of Heddle: use a key that is not limited to workflows.',
  );
