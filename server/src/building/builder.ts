import { HeddleError, type AuditActor, type LabelLevel, type Principal } from '@heddle/core';
import { homeOf } from '../auth/rights/project-view.js';

/** Who builds: the caller whose rights count, and what they may see. */
export interface Builder {
  readonly principal: Principal;
  /** The project that new workflows go to. */
  readonly project: string;
  /** Values with a higher label are not shown. */
  readonly clearance: LabelLevel;
  readonly signal?: AbortSignal | undefined;
}

/** A caller as a builder. A person builds with a program or a model too, so the same clearance holds for them. */
export function builderOf(principal: Principal, project = homeOf(principal), signal?: AbortSignal): Builder {
  if (principal.kind === 'anonymous' || principal.kind === 'share')
    throw new HeddleError(
      'unauthorized',
      'Send an API key with the right workflow:build as "Authorization: Bearer …".',
    );
  return { principal, project, clearance: principal.scopes?.clearance ?? 'internal', signal };
}

/** Who the audit log names. */
export const actorOf = ({ principal, project }: Builder): AuditActor => ({ who: principal.id, project });
