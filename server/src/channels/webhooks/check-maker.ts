import type { IdentityStores } from '@heddle/adapters/identity';
import { authorise, type Clock } from '@heddle/core';
import type { Ownership } from '../../auth/rights/ownership.js';
import { checkAccess } from '../../auth/rights/check-access.js';
import { principalById } from '../../auth/rights/principals.js';

/**
 * Checks that the maker of a webhook may still receive messages about a run: they must be allowed to read the run, or to make webhooks of
 * its workflow. Errors: `forbidden` if they lost that right, `…_not_found` if they no longer exist.
 */
export async function checkMaker(
  maker: string,
  runId: string,
  parts: { readonly identity: IdentityStores; readonly ownership: Ownership; readonly clock: Clock },
): Promise<void> {
  const { identity, ownership, clock } = parts;
  const principal = await principalById(identity, maker);
  const run = await ownership.resourceOf('run', runId);
  const workflow = await ownership.resourceOf('workflow', run.workflow ?? '');
  if (authorise(principal, 'workflow:publish', workflow, clock.now()) === 'allowed') return;
  checkAccess(principal, 'run:read', run, clock, runId);
}
