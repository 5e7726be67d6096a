import type { Stop } from '@heddle/core';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { api } from '../api/api.js';
import { audit } from '../api/audit.js';

/** How often it is asked whether something is stopped, while the page is seen. */
const everyMs = 15_000;

interface StopsState {
  readonly stops: readonly Stop[];
  /** Names of workflows, read where one is stopped. */
  readonly names: ReadonlyMap<string, string>;
}

const store = createStore<StopsState>(() => ({ stops: [], names: new Map() }));

/** Asks which emergency stops are on. */
export async function readStops(signal?: AbortSignal): Promise<void> {
  try {
    const stops = await audit.stops(signal);
    store.setState({ stops });
    const isUnnamed = stops.some(
      ({ target }) => target.startsWith('workflow:') && !store.getState().names.has(target.slice('workflow:'.length)),
    );
    if (!isUnnamed) return;
    const workflows = await api.workflows(signal);
    store.setState({ names: new Map(workflows.map(({ id, name }) => [id, name])) });
  } catch {
    // What was known stays; the banner about the connection says that the server is gone.
  }
}

/** The emergency stops that are on; asked again while the page is seen, as anybody may set one. */
export function useStops(): readonly Stop[] {
  return useStore(store, (state) => state.stops);
}

/** Keeps the stops known while something shows them. */
export function useStopsRead(): void {
  useEffect(() => {
    const controller = new AbortController();
    const ask = (): void => {
      if (document.visibilityState === 'visible') void readStops(controller.signal);
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

/** What a stop stops, for people. */
export function targetWords(target: string, names: ReadonlyMap<string, string>): string {
  if (target === 'all') return 'Everything';
  const [kind, ...rest] = target.split(':');
  const name = rest.join(':');
  if (kind === 'workflow') return `The workflow ${names.get(name) ?? name}`;
  return kind === 'tool' ? `The tool ${name}` : `The connection ${name}`;
}

/** The words for a stop's target, with the names that are known. */
export function useTargetWords(): (target: string) => string {
  const names = useStore(store, (state) => state.names);
  return (target) => targetWords(target, names);
}
