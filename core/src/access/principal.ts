import { z } from 'zod';
import { Permission, type Role } from './permissions.js';

/** What an API key is good for. Everything left out is not limited; an empty list allows nothing. */
export const KeyScopes = z
  .object({
    /** What it may do, within the roles of its owner. Left out, it calls published versions and does nothing else. */
    permissions: z.array(Permission).default(['run:published']),
    /** Ids of the workflows it may call. */
    workflows: z.array(z.string()).optional(),
    /** Calls a minute. */
    ratePerMinute: z.int().positive().optional(),
    /** Id of the budget that its runs count against. */
    budget: z.string().optional(),
    /** Web origins it may be used from; without one it is for servers. */
    origins: z.array(z.url({ protocol: /^https?$/ })).optional(),
    /** Epoch milliseconds. */
    expiresAt: z.number().optional(),
  })
  .meta({ id: 'KeyScopes' });
export type KeyScopes = z.infer<typeof KeyScopes>;

/** Who asks, once it is known. Deny by default: `authorise` is the one place that decides. */
export interface Principal {
  readonly kind: 'local' | 'user' | 'key' | 'service' | 'share' | 'anonymous';
  /** For records: `local`, `user:ID`, `key:ID`, `service:ID`, `share:ID`, `anonymous`. */
  readonly id: string;
  readonly name: string;
  /** Roles by project id. */
  readonly roles: ReadonlyMap<string, readonly Role[]>;
  /** Of keys and share links: what narrows the roles. */
  readonly scopes?: KeyScopes;
  /** Of a key that was narrowed to calls of published versions: the rights that it had before. */
  readonly narrowedFrom?: readonly string[];
}

/** What is acted on. A resource without a project belongs to the whole installation. */
export interface ResourceName {
  readonly kind:
    | 'workflow'
    | 'run'
    | 'collection'
    | 'file'
    | 'conversation'
    | 'job'
    | 'model'
    | 'connection'
    | 'secret'
    | 'policy'
    | 'budget'
    | 'tool'
    | 'key'
    | 'user'
    | 'project'
    | 'audit'
    | 'installation';
  readonly id?: string;
  readonly project?: string;
  /** It belongs elsewhere and is granted to the project: it may be looked at and used there, not changed. */
  readonly isGranted?: boolean;
  /** The project is put away: what is there may be looked at, and nothing new happens. */
  readonly isArchived?: boolean;
  /** For runs and files: the workflow they belong to, which keys are scoped by. */
  readonly workflow?: string;
}

/** The project that exists from the start. */
export const defaultProject = 'default';

/** The person at the machine, before a second user or a public address is set up. */
export const localPrincipal: Principal = {
  kind: 'local',
  id: 'local',
  name: 'This machine',
  roles: new Map([[defaultProject, ['owner']]]),
};
