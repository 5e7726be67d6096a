import { HeddleError, type Clock } from '@heddle/core';
import type { Socket } from 'socket.io';
import { principalOf } from '../auth/caller.js';
import type { Ownership } from '../auth/rights/ownership.js';
import { checkAccess } from '../auth/rights/check-access.js';
import { homeProjectOf } from '../auth/rights/project-view.js';

/** Checks that the owner of a socket may watch a topic. Errors: `unauthorized`, `forbidden`, `not_found`. */
export async function checkTopic(
  { ownership, clock }: { readonly ownership: Ownership; readonly clock: Clock },
  socket: Socket,
  topic: string,
): Promise<void> {
  const principal = principalOf(socket);
  if (principal === undefined) throw new HeddleError('unauthorized', 'Sign in first.');
  const id = topic.slice(topic.indexOf(':') + 1);
  if (topic.startsWith('run:')) checkAccess(principal, 'run:values', await ownership.resourceOf('run', id), clock, id);
  else if (topic.startsWith('workflow:'))
    checkAccess(principal, 'workflow:read', await ownership.resourceOf('workflow', id), clock, id);
  else if (topic.startsWith('triggers:'))
    checkAccess(principal, 'run:read', await ownership.resourceOf('workflow', id), clock, id);
  // Any member may watch runs and jobs, because watchers receive only those that they may see. Models belong to the installation, so every
  // member of a project may watch them.
  else
    checkAccess(
      principal,
      topic === 'models' ? 'model:read' : 'run:read',
      { kind: 'installation', project: homeProjectOf(principal) },
      clock,
    );
}
