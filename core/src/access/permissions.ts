import { z } from 'zod';

/** Everything that somebody can be allowed to do; each route, socket event, job and file read names one. */
export const permissions = [
  'workflow:read',
  'workflow:write',
  'workflow:publish',
  /** Call a published version, and follow one's own calls: what it answers, no more. */
  'run:published',
  /** Run a stored draft, a test of it, or a run of it again. */
  'run:draft',
  /** Run a document that the request brings along. */
  'run:document',
  /** List runs, with their status and public outputs. */
  'run:read',
  /** Read what a run was given and what its nodes gave. */
  'run:values',
  /** Read the workflow that a run executed. */
  'run:graph',
  'run:control',
  'run:feedback',
  /** Name the end user for whom a published version is called; only keys that name it have it. */
  'speak-for-users',
  'ask:answer',
  'file:read',
  'file:write',
  'collection:read',
  'collection:write',
  'model:read',
  'model:write',
  'model:try',
  'connection:read',
  'connection:write',
  'secret:write',
  'policy:write',
  'budget:read',
  'budget:write',
  'tool:read',
  'tool:approve',
  'tool:register',
  'node:install',
  'settings:read',
  'metrics:read',
  'audit:read',
  'audit:erase',
  'stop:set',
  /** Say that the clock of the machine is right. */
  'clock:confirm',
  /** Say which projects may use a thing. */
  'grant:write',
  'key:manage',
  'user:manage',
  'project:manage',
] as const;

/** What is about the whole installation: the roles in the project that exists from the start decide over it. */
export const installationPermissions: ReadonlySet<(typeof permissions)[number]> = new Set([
  'model:write',
  'connection:write',
  'policy:write',
  'budget:read',
  'budget:write',
  'tool:approve',
  'tool:register',
  'node:install',
  'settings:read',
  'metrics:read',
  'audit:read',
  'audit:erase',
  'stop:set',
  'clock:confirm',
  'user:manage',
  'project:manage',
]);

export const Permission = z.enum(permissions).meta({ id: 'Permission' });
export type Permission = z.infer<typeof Permission>;

/** What somebody is in a project. */
export const Role = z.enum(['viewer', 'runner', 'editor', 'approver', 'auditor', 'owner']).meta({ id: 'Role' });
export type Role = z.infer<typeof Role>;

const viewer: readonly Permission[] = [
  'workflow:read',
  'run:read',
  'run:values',
  'run:graph',
  'file:read',
  'collection:read',
  'model:read',
  'connection:read',
  'budget:read',
  'tool:read',
];
const runner: readonly Permission[] = [
  ...viewer,
  'run:published',
  'speak-for-users',
  'run:control',
  'run:feedback',
  'file:write',
  'model:try',
];
const editor: readonly Permission[] = [
  ...runner,
  'run:draft',
  'run:document',
  'workflow:write',
  'collection:write',
  'policy:write',
  'model:write',
  'settings:read',
];

/** What each role may do; somebody with several roles may do all of it. */
export const rolePermissions: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  viewer: new Set(viewer),
  runner: new Set(runner),
  editor: new Set(editor),
  /** Decides what people are asked and what goes live. */
  approver: new Set([...viewer, 'ask:answer', 'workflow:publish', 'run:feedback']),
  auditor: new Set([...viewer, 'audit:read', 'settings:read', 'metrics:read']),
  owner: new Set(permissions),
};
