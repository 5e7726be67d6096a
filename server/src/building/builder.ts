import { HeddleError, type AuditActor, type LabelLevel, type Principal } from '@heddle/core';
import { homeProjectOf } from '../auth/rights/project-view.js';

/** The builder: the caller whose rights count, and what they may see. */
export interface Builder {
  readonly principal: Principal;
  /** The project in which new workflows are created. */
  readonly project: string;
  /** Values with a higher label are not shown. */
  readonly clearance: LabelLevel;
  readonly signal?: AbortSignal | undefined;
}

/** Turns a caller into a builder. People get the same clearance as programs, because they build with a program or a model too. */
export function builderOf(principal: Principal, project = homeProjectOf(principal), signal?: AbortSignal): Builder {
  if (principal.kind === 'anonymous' || principal.kind === 'share')
    throw new HeddleError(
      'unauthorized',
      'Send an API key with the right workflow:build as "Authorization: Bearer …".',
    );
  return { principal, project, clearance: principal.scopes?.clearance ?? 'internal', signal };
}

/** The builder as the actor of audit events. */
export const actorOf = ({ principal, project }: Builder): AuditActor => ({ who: principal.id, project });
