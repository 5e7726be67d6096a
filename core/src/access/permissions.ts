import { z } from 'zod';

/** All permissions. Each route, socket event, job and file read requires one. */
export const permissions = [
  'workflow:read',
  'workflow:write',
  'workflow:publish',
  /** Build drafts with tools, as a program. A key with this permission can propose, but never publish or answer. */
  'workflow:build',
  /** Set the rules of a project's gate, and publish despite the gate with a reason. */
  'gate:manage',
  /** Call a published version and follow one's own runs, without their nodes. */
  'run:published',
  /** Run a stored draft, test it, or run one of its runs again. */
  'run:draft',
  /** Run a document from the request. */
  'run:document',
  /** List runs, with their status and public outputs. */
  'run:read',
  /** Read the inputs of a run and the outputs of its nodes. */
  'run:values',
  /** Read the workflow that a run executed. */
  'run:graph',
  'run:control',
  'run:feedback',
  /** Name the end user of a call to a published version; only keys with this scope have it. */
  'speak-for-users',
  'human-input:answer',
  'file:read',
  'file:write',
  'collection:read',
  'collection:write',
  /** Set who may read documents. */
  'reader:manage',
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
  'kill-switch:set',
  /** Confirm that the clock of the machine is right. */
  'clock:confirm',
  /** Make one of several processes take no more runs, or take them again. */
  'process:drain',
  /** Set which projects may use a resource. */
  'grant:write',
  'key:manage',
  'user:manage',
  'project:manage',
] as const;

/** Permissions for the whole installation: the roles in the default project count. */
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
  'kill-switch:set',
  'clock:confirm',
  'process:drain',
  'user:manage',
  'project:manage',
]);

/** A permission. */
export const Permission = z.enum(permissions).meta({ id: 'Permission' });
export type Permission = z.infer<typeof Permission>;

/** A role in a project. */
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
  'workflow:build',
  'collection:write',
  'policy:write',
  'model:write',
  'settings:read',
];

/** The permissions of each role. Several roles add up. */
export const rolePermissions: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  viewer: new Set(viewer),
  runner: new Set(runner),
  editor: new Set(editor),
  /** Answers human input requests and publishes workflows. */
  approver: new Set([...viewer, 'human-input:answer', 'workflow:publish', 'run:feedback']),
  auditor: new Set([...viewer, 'audit:read', 'settings:read', 'metrics:read']),
  owner: new Set(permissions),
};
