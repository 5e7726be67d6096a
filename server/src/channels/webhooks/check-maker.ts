import type { IdentityStores } from '@heddle/adapters/identity';
import { authorise, type Clock } from '@heddle/core';
import type { Ownership } from '../../auth/ownership.js';
import { checkAccess } from '../../auth/check-access.js';
import { principalById } from '../../auth/principals.js';

/**
 * Checks that who made a webhook may still be told of a run: they may read it, or make webhooks of its workflow. Errors: `forbidden`,
 * `…_not_found`, where they lost the right or are nobody any more.
 */
export async function checkMaker(
  maker: string,
  runId: string,
  parts: { readonly identity: IdentityStores; readonly ownership: Ownership; readonly clock: Clock },
): Promise<void> {
  const { identity, ownership, clock } = parts;
  const principal = principalById(identity, maker);
  const run = await ownership.resourceOf('run', runId);
  const workflow = await ownership.resourceOf('workflow', run.workflow ?? '');
  if (authorise(principal, 'workflow:publish', workflow, clock.now()) === 'allowed') return;
  checkAccess(principal, 'run:read', run, clock, runId);
}
