import { authorise, HeddleError, type Clock, type Permission, type Principal, type ResourceName } from '@heddle/core';

/**
 * Passes, or says why not in the words of HTTP. Errors: `unauthorized`, `not_found` for things of other projects, `forbidden`,
 * `project_archived`.
 */
export function checkAccess(principal: Principal, permission: Permission, resource: ResourceName, clock: Clock): void {
  switch (authorise(principal, permission, resource, clock.now())) {
    case 'allowed':
      return;
    case 'unknown':
      throw new HeddleError('unauthorized', 'Sign in, or send an API key as "Authorization: Bearer …".');
    case 'hidden':
      // Not by its id: who asked for it by another name would learn that it is there.
      throw new HeddleError('not_found', `There is no such ${resource.kind} here.`);
    case 'archived':
      throw new HeddleError(
        'project_archived',
        'The project is archived: what is in it can be looked at. An owner can take it out of the archive.',
      );
    case 'forbidden':
      throw new HeddleError('forbidden', `'${principal.name}' must not do this: it needs the right '${permission}'.`, {
        details: { permission },
      });
  }
}
