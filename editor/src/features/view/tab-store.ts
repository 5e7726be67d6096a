import { createStore } from 'zustand/vanilla';

export const tabs = [
  { id: 'settings', title: 'Settings' },
  { id: 'input', title: 'Input' },
  { id: 'output', title: 'Output' },
  { id: 'log', title: 'Log' },
  { id: 'help', title: 'Help' },
] as const;
export type Tab = (typeof tabs)[number]['id'];

/** The open tab. It stays when another node is selected, so that outputs can be compared. */
export const tabStore = createStore<{
  readonly tab: Tab;
  /** Whether the run settings are open; this stays when another node is selected. */
  readonly isRunOpen: boolean;
}>(() => ({ tab: 'settings', isRunOpen: false }));

/** Opens a tab. */
export function chooseTab(tab: Tab): void {
  tabStore.setState({ tab });
}

/** Opens or closes the run settings. */
export function toggleRun(): void {
  tabStore.setState(({ isRunOpen }) => ({ isRunOpen: !isRunOpen }));
}
