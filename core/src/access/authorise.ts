import { rolePermissions, type Permission } from './permissions.js';
import { defaultProject, type Principal, type ResourceName } from './principal.js';

/**
 * The result of an authorisation, and the HTTP status of a refusal: `unknown` 401, `hidden` 404 (the resource is in another project),
 * `forbidden` 403, `archived` 409 (the project is archived, and the principal could do it otherwise).
 */
export type Verdict = 'allowed' | 'unknown' | 'hidden' | 'forbidden' | 'archived';

/** Permissions that also apply to resources that another project grants. */
const ofGranted: ReadonlySet<Permission> = new Set([
  'connection:read',
  'tool:read',
  'model:read',
  'model:try',
  'collection:read',
]);

/** What is not allowed in an archived project. Existing requests can be answered, and existing runs rated and ended. */
const notInArchive: ReadonlySet<Permission> = new Set([
  'workflow:write',
  'workflow:publish',
  'workflow:build',
  'gate:manage',
  'run:published',
  'run:draft',
  'run:document',
  'file:write',
  'collection:write',
]);

/**
 * Permissions that a key or a program that builds drafts never has. Such a caller must not decide about its own work, widen its rights,
 * change what it can reach, or read documents and values except through its tools, which hide what is above its clearance.
 */
export const neverForBuilders: ReadonlySet<Permission> = new Set([
  'workflow:read',
  'workflow:write',
  'run:draft',
  'run:document',
  'run:values',
  'run:graph',
  'audit:read',
  'workflow:publish',
  'gate:manage',
  'human-input:answer',
  'secret:write',
  'connection:write',
  'tool:approve',
  'tool:register',
  'node:install',
  'grant:write',
  'reader:manage',
  'key:manage',
  'user:manage',
  'project:manage',
]);

/** Whether a caller is a program that builds drafts: its credential has the permission. */
const isBuilder = ({ scopes }: Pick<Principal, 'scopes'>): boolean =>
  scopes?.permissions.includes('workflow:build') === true;

/** Whether a caller is a person, in the editor or at this machine; not a key, and not a program that acts on someone's behalf. */
export const isPerson = ({ kind, scopes }: Pick<Principal, 'kind' | 'scopes'>): boolean =>
  (kind === 'user' || kind === 'local') && scopes === undefined;

/**
 * The authorisation function of every route, socket event, job and file read. It denies by default.
 *
 * @example authorise(principal, 'run:read', { kind: 'run', id, project: 'default' }, now) // 'allowed'
 */
export function authorise(principal: Principal, permission: Permission, resource: ResourceName, now: number): Verdict {
  const verdict = verdictOf(principal, permission, resource, now);
  return verdict === 'allowed' && resource.isArchived === true && notInArchive.has(permission) ? 'archived' : verdict;
}

function verdictOf(principal: Principal, permission: Permission, resource: ResourceName, now: number): Verdict {
  if (principal.kind === 'anonymous') return 'unknown';
  if (principal.kind === 'local') return 'allowed';
  const { scopes } = principal;
  if ((principal.kind === 'key' || principal.kind === 'share') && scopes === undefined) return 'unknown';
  if (scopes?.expiresAt !== undefined && scopes.expiresAt <= now) return 'unknown';
  // For resources of the installation, the roles in the default project count.
  const roles = principal.roles.get(resource.project ?? defaultProject) ?? [];
  if (roles.length === 0) return resource.project === undefined ? 'forbidden' : 'hidden';
  if (scopes !== undefined && !isInScope(scopes, permission, resource))
    return scopes.permissions.includes(permission) ? 'hidden' : 'forbidden';
  if (neverForBuilders.has(permission) && isBuilder(principal)) return 'forbidden';
  if (resource.isGranted === true && !ofGranted.has(permission)) return 'forbidden';
  return roles.some((role) => rolePermissions[role].has(permission)) ? 'allowed' : 'forbidden';
}

function isInScope(scopes: NonNullable<Principal['scopes']>, permission: Permission, resource: ResourceName): boolean {
  if (!scopes.permissions.includes(permission)) return false;
  if (scopes.workflows === undefined) return true;
  const workflow = resource.kind === 'workflow' ? resource.id : resource.workflow;
  return workflow !== undefined && scopes.workflows.includes(workflow);
}
