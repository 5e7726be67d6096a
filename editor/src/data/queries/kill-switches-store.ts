import { KillSwitchesReply, type KillSwitch } from '@heddle/core';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { client } from '../api/client.js';
import { useLive } from '../live/live-context.js';

interface KillSwitchesState {
  readonly killSwitches: readonly KillSwitch[];
  /** Names of workflows, loaded where one is stopped. */
  readonly names: ReadonlyMap<string, string>;
}

const store = createStore<KillSwitchesState>(() => ({ killSwitches: [], names: new Map() }));

/** Messages of the live connection: a reply that was asked for before one is older. */
let heard = 0;

/** Loads the kill switches that are on. */
export async function readKillSwitches(): Promise<void> {
  const before = heard;
  try {
    const reply = await client.GET('/api/kill-switches');
    if (heard === before) await show(reply);
  } catch {
    // What was known stays; the banner about the connection says that the server is gone.
  }
}

async function show({ killSwitches }: KillSwitchesReply): Promise<void> {
  store.setState({ killSwitches });
  const isUnnamed = killSwitches.some(
    ({ target }) => target.startsWith('workflow:') && !store.getState().names.has(target.slice('workflow:'.length)),
  );
  if (!isUnnamed) return;
  const { workflows } = await client.GET('/api/workflows');
  store.setState({ names: new Map(workflows.map(({ id, name }) => [id, name])) });
}

/** The kill switches that are on. */
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

/** Keeps the kill switches known, live, while a component shows them: another user may set one. */
export function useKillSwitchesRead(): void {
  const live = useLive();
  useEffect(() => {
    void readKillSwitches();
    return live.watchTopic('kill-switches', {
      onEvents: (states) => {
        const parsed = KillSwitchesReply.safeParse(states.at(-1));
        if (!parsed.success) return;
        heard += 1;
        // Without the names of workflows, their ids are shown.
        void show(parsed.data).catch(() => undefined);
      },
    });
  }, [live]);
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
