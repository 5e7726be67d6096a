import {
  authorise,
  defaultProject,
  installationPermissions,
  localPrincipal,
  type MemberReply,
  type MeReply,
  type Permission,
} from '@heddle/core';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { client } from '../api/client.js';
import { useLive } from '../live/live-context.js';
import { currentProject } from './current-project.js';
import { knownNames, meStore, meNow } from './known-me.js';
import { projectNow, useProject } from './project-store.js';

let reading: Promise<void> | undefined;
/** Delay before the next attempt if the server did not answer. It is short, because parts such as the Run button wait for this data. */
const againAfterMs = 2_000;

interface ProjectScope {
  readonly id: string;
  readonly archivedAt?: number | undefined;
}

/**
 * Whether the user has a permission in a project, or in any of their projects if none is given. It uses the same function as the server.
 * The server decides; this only avoids offering buttons that the server would refuse.
 */
export function may(me: MeReply | undefined, permission: Permission, scope?: ProjectScope): boolean {
  if (me?.principal === undefined) return me !== undefined && !me.isSignInNeeded;
  const { kind, id, name, roles } = me.principal;
  const principal =
    kind === 'local' ? localPrincipal : { kind: 'user' as const, id, name, roles: new Map(Object.entries(roles)) };
  const isAllowed = (project: string, isArchived = false): boolean =>
    authorise(principal, permission, { kind: 'installation', project, isArchived }, 0) === 'allowed';
  if (installationPermissions.has(permission)) return isAllowed(defaultProject);
  if (scope !== undefined) return isAllowed(scope.id, scope.archivedAt !== undefined);
  return [...principal.roles.keys()].some((project) => isAllowed(project));
}

async function read(): Promise<void> {
  try {
    const me = await client.GET('/api/auth/me');
    meStore.setState({ me });
    const names = new Map(knownNames);
    if (me.principal !== undefined) names.set(me.principal.id, me.principal.name);
    for (const { member, name } of await membersBeside(me)) names.set(member, name);
    if (may(me, 'user:manage'))
      for (const { id, name } of (await client.GET('/api/users')).users) names.set(`user:${id}`, name);
    if (may(me, 'key:manage'))
      for (const { id, name } of (await client.GET('/api/keys')).keys) names.set(`key:${id}`, name);
    meStore.setState({ names });
  } catch {
    reading = undefined; // Until the server answers, ids are shown. The next page that needs names tries again.
    if (meNow() === undefined) setTimeout(() => void (reading ??= read()), againAfterMs);
  }
}

/** The members of the current project, whose names the user may see. */
async function membersBeside({ principal }: MeReply): Promise<readonly MemberReply[]> {
  if (principal === undefined || principal.kind === 'local') return [];
  const projects = Object.keys(principal.roles);
  const here = currentProject.getState().id ?? projects.find((id) => id === defaultProject) ?? projects[0];
  return here !== undefined && projects.includes(here)
    ? client.GET('/api/projects/{id}/members', { params: { path: { id: here } } }).then(({ members }) => members)
    : [];
}

/** Reloads the current user and the names of others. */
export function readMe(): Promise<void> {
  reading = read();
  return reading;
}

/** The current user; undefined until known. */
export function useMe(): MeReply | undefined {
  const live = useLive();
  useEffect(() => {
    reading ??= read();
    return live.onConnection((isConnected) => {
      if (isConnected) reading ??= read();
    });
  }, [live]);
  return useStore(meStore, (state) => state.me);
}

/** Whether the user has a permission; undefined until known. Use it to avoid requests that would be refused. */
export function useKnownMay(permission: Permission): boolean | undefined {
  const me = useMe();
  const project = useProject();
  return me === undefined ? undefined : may(me, permission, project);
}

/** Says why a button that needs a permission is not active yet. */
export const rightsUnknown = 'Checking your rights';

/** Whether the user has a permission; true until known, because the server decides. */
export function useMay(permission: Permission): boolean {
  return useKnownMay(permission) ?? true;
}

/** Like `useMay`, for use outside components. */
export function mayNow(permission: Permission): boolean {
  const me = meNow();
  return me === undefined || may(me, permission, projectNow());
}

/** Resolves with the current user once known. */
export async function knownMe(): Promise<MeReply | undefined> {
  await (reading ??= read());
  return meNow();
}

/** Returns a function that gives the name for a principal id, or the id itself. */
export function useNames(): (id: string) => string {
  useMe();
  const names = useStore(meStore, (state) => state.names);
  return (id) => names.get(id) ?? id;
}
