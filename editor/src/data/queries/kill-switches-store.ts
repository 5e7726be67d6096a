import { KillSwitchesReply, type KillSwitch } from '@heddle/core';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { client } from '../api/client.js';
import { useLive } from '../live/live-context.js';

interface KillSwitchesState {
  readonly killSwitches: readonly KillSwitch[];
  /** Names of workflows, loaded if a kill switch covers one. */
  readonly names: ReadonlyMap<string, string>;
}

const store = createStore<KillSwitchesState>(() => ({ killSwitches: [], names: new Map() }));

/** Number of live messages so far. A reply is outdated if a live message arrived after its request. */
let heard = 0;

export async function readKillSwitches(): Promise<void> {
  const before = heard;
  try {
    const reply = await client.GET('/api/kill-switches');
    if (heard === before) await show(reply);
  } catch {
    // The last known state stays; the connection banner says that the server is unreachable.
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

export function useKillSwitches(): readonly KillSwitch[] {
  return useStore(store, (state) => state.killSwitches);
}

/** Returns why no run of a workflow can start now, if a kill switch covers it; otherwise undefined. */
export function useKillSwitchReason(workflowId: string | undefined): string | undefined {
  const killSwitch = useKillSwitches().find(
    ({ target }) => target === 'all' || (workflowId !== undefined && target === `workflow:${workflowId}`),
  );
  if (killSwitch === undefined) return undefined;
  return `${killSwitch.target === 'all' ? 'Everything' : 'This workflow'} is stopped: ${killSwitch.reason}`;
}

/** Keeps the kill switches up to date while a component is mounted, because another user may set one. */
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

/** Formats the target of a kill switch for display. */
export function targetText(target: string, names: ReadonlyMap<string, string>): string {
  if (target === 'all') return 'Everything';
  const [kind, ...rest] = target.split(':');
  const name = rest.join(':');
  if (kind === 'workflow') return `The workflow ${names.get(name) ?? name}`;
  return kind === 'tool' ? `The tool ${name}` : `The connection ${name}`;
}

/** Returns a function that formats the target of a kill switch with the known names. */
export function useTargetText(): (target: string) => string {
  const names = useStore(store, (state) => state.names);
  return (target) => targetText(target, names);
}
