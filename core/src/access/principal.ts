import { z } from 'zod';
import { LabelLevel } from '../labels/label.js';
import { Permission, type Role } from './permissions.js';

/** The scopes of an API key. A missing field is no limit; an empty list allows nothing. */
export const KeyScopes = z
  .object({
    /** Its permissions, within the roles of its owner. By default, it only calls published versions. */
    permissions: z.array(Permission).default(['run:published']),
    /** Ids of the workflows that it may call. */
    workflows: z.array(z.string()).optional(),
    /** The highest label of values that it reads while it builds. Default: `internal`. */
    clearance: LabelLevel.optional(),
    /** Calls per minute. */
    ratePerMinute: z.int().positive().optional(),
    /** Id of the budget of its runs. */
    budget: z.string().optional(),
    /** Web origins that may use it; without it, only servers may. */
    origins: z.array(z.url({ protocol: /^https?$/ })).optional(),
    /** Milliseconds since the epoch. */
    expiresAt: z.number().optional(),
  })
  .meta({ id: 'KeyScopes' });
export type KeyScopes = z.infer<typeof KeyScopes>;

/** The caller of a request. `authorise` decides what it may do. */
export interface Principal {
  readonly kind: 'local' | 'user' | 'key' | 'service' | 'share' | 'anonymous';
  /** For records: `local`, `user:ID`, `key:ID`, `service:ID`, `share:ID`, `anonymous`. */
  readonly id: string;
  readonly name: string;
  /** Roles by project id. */
  readonly roles: ReadonlyMap<string, readonly Role[]>;
  /** For keys and share links: limits on the roles. */
  readonly scopes?: KeyScopes;
  /** For a key that was limited to calls of published versions: its former permissions. */
  readonly narrowedFrom?: readonly string[];
}

/** The object of an action. A resource without a project belongs to the whole installation. */
export interface ResourceName {
  readonly kind:
    | 'workflow'
    | 'run'
    | 'collection'
    | 'file'
    | 'conversation'
    | 'fact'
    | 'dataset'
    | 'experiment'
    | 'replay'
    | 'annotation-queue'
    | 'prompt'
    | 'alert'
    | 'gate'
    | 'proposal'
    | 'monitor'
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
  /** Whether it belongs to another project and is granted: it can be read and used, but not changed. */
  readonly isGranted?: boolean;
  /** Whether the project is archived: its resources can be read, but nothing new happens. */
  readonly isArchived?: boolean;
  /** For runs and files: their workflow, for the scopes of keys. */
  readonly workflow?: string;
}

/** The project that always exists. */
export const defaultProject = 'default';

/** The person at the machine, until a second user or a public address is set up. */
export const localPrincipal: Principal = {
  kind: 'local',
  id: 'local',
  name: 'This machine',
  roles: new Map([[defaultProject, ['owner']]]),
};
