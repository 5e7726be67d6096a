import { defaultProject, rolePermissions, type MeReply, type Permission } from '@heddle/core';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { access } from '../api/access.js';
import { useSession } from '../session.js';

interface MeState {
  readonly me: MeReply | undefined;
  /** Names by principal id, as far as one may know them. */
  readonly names: ReadonlyMap<string, string>;
}

const known = new Map([
  ['local', 'This machine'],
  ['heddle', 'Heddle'],
  ['anonymous', 'Somebody unknown'],
]);
const store = createStore<MeState>(() => ({ me: undefined, names: known }));
let reading: Promise<void> | undefined;

/** Whether somebody may do something in any project. The server decides; this only spares a button that would be refused. */
export function may(me: MeReply | undefined, permission: Permission): boolean {
  if (me?.principal === undefined) return me !== undefined && !me.isSignInNeeded;
  if (me.principal.kind === 'local') return true;
  return Object.values(me.principal.roles).some((roles) => roles.some((role) => rolePermissions[role].has(permission)));
}

async function read(): Promise<void> {
  try {
    const me = await access.me();
    store.setState({ me });
    const names = new Map(known);
    if (me.principal !== undefined) names.set(me.principal.id, me.principal.name);
    if (may(me, 'user:manage')) for (const { id, name } of await access.users()) names.set(`user:${id}`, name);
    if (may(me, 'key:manage'))
      for (const { id, name } of await access.keys(defaultProject)) names.set(`key:${id}`, name);
    store.setState({ names });
  } catch {
    reading = undefined; // Ids stand for names until the server answers: the next page that asks tries again.
  }
}

/** Reads who one is, and the names of others, anew. */
export function readMe(): Promise<void> {
  reading = read();
  return reading;
}

/** Who one is; undefined until it is known. */
export function useMe(): MeReply | undefined {
  const { live } = useSession();
  useEffect(() => {
    reading ??= read();
    return live.onConnection((isConnected) => {
      if (isConnected) reading ??= read();
    });
  }, [live]);
  return useStore(store, (state) => state.me);
}

/** Whether one may do something; true until it is known, as the server decides. */
export function useMay(permission: Permission): boolean {
  const me = useMe();
  return me === undefined || may(me, permission);
}

/** The name of a principal id, or the id itself. */
export function useNames(): (id: string) => string {
  useMe();
  const names = useStore(store, (state) => state.names);
  return (id) => names.get(id) ?? id;
}
