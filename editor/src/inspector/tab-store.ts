import { createStore } from 'zustand/vanilla';

export const tabs = [
  { id: 'settings', title: 'Settings' },
  { id: 'input', title: 'Input' },
  { id: 'output', title: 'Output' },
  { id: 'log', title: 'Log' },
  { id: 'help', title: 'Help' },
] as const;
export type Tab = (typeof tabs)[number]['id'];

/** The tab that is looked at. It stays from node to node, so that one can compare outputs by clicking along the graph. */
export const tabStore = createStore<{
  readonly tab: Tab;
  /** Whether the settings of how a node runs are open; they stay so from node to node. */
  readonly isRunOpen: boolean;
}>(() => ({ tab: 'settings', isRunOpen: false }));

/** Turns to a tab. */
export function chooseTab(tab: Tab): void {
  tabStore.setState({ tab });
}

/** Opens the settings of how a node runs, or closes them. */
export function toggleRun(): void {
  tabStore.setState(({ isRunOpen }) => ({ isRunOpen: !isRunOpen }));
}
