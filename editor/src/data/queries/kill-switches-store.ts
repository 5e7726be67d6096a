import type { KillSwitch } from '@heddle/core';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { client } from '../api/client.js';

/** How often the kill switches are loaded while the page is visible. */
const everyMs = 15_000;

interface KillSwitchesState {
  readonly killSwitches: readonly KillSwitch[];
  /** Names of workflows, loaded where one is stopped. */
  readonly names: ReadonlyMap<string, string>;
}

const store = createStore<KillSwitchesState>(() => ({ killSwitches: [], names: new Map() }));

/** Loads the kill switches that are on. */
export async function readKillSwitches(signal?: AbortSignal): Promise<void> {
  try {
    const killSwitches = (await client.GET('/api/kill-switches', { signal })).killSwitches;
    store.setState({ killSwitches });
    const isUnnamed = killSwitches.some(
      ({ target }) => target.startsWith('workflow:') && !store.getState().names.has(target.slice('workflow:'.length)),
    );
    if (!isUnnamed) return;
    const workflows = (await client.GET('/api/workflows', { signal })).workflows;
    store.setState({ names: new Map(workflows.map(({ id, name }) => [id, name])) });
  } catch {
    // What was known stays; the banner about the connection says that the server is gone.
  }
}

/** The kill switches that are on; reloaded while the page is visible, as another user may set one. */
export function useKillSwitches(): readonly KillSwitch[] {
  return useStore(store, (state) => state.killSwitches);
}

/** Why no run of a workflow can start now: a kill switch covers it. Undefined where none does. */
export function useRunStop(workflowId: string | undefined): string | undefined {
  const killSwitch = useKillSwitches().find(
    ({ target }) => target === 'all' || (workflowId !== undefined && target === `workflow:${workflowId}`),
  );
  if (killSwitch === undefined) return undefined;
  return `${killSwitch.target === 'all' ? 'Everything' : 'This workflow'} is stopped: ${killSwitch.reason}`;
}

/** Keeps the kill switches loaded while a component shows them. */
export function useKillSwitchesRead(): void {
  useEffect(() => {
    const controller = new AbortController();
    const ask = (): void => {
      if (document.visibilityState === 'visible') void readKillSwitches(controller.signal);
    };
    ask();
    const timer = setInterval(ask, everyMs);
    document.addEventListener('visibilitychange', ask);
    return () => {
      controller.abort();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', ask);
    };
  }, []);
}

/** The target of a kill switch for display. */
export function targetText(target: string, names: ReadonlyMap<string, string>): string {
  if (target === 'all') return 'Everything';
  const [kind, ...rest] = target.split(':');
  const name = rest.join(':');
  if (kind === 'workflow') return `The workflow ${names.get(name) ?? name}`;
  return kind === 'tool' ? `The tool ${name}` : `The connection ${name}`;
}

/** The display name of a kill switch's target, with known names. */
export function useTargetText(): (target: string) => string {
  const names = useStore(store, (state) => state.names);
  return (target) => targetText(target, names);
}
