import { createStore } from 'zustand/vanilla';

export const tabs = [
  { id: 'settings', title: 'Settings' },
  { id: 'input', title: 'Input' },
  { id: 'output', title: 'Output' },
  { id: 'log', title: 'Log' },
  { id: 'help', title: 'Help' },
] as const;
export type Tab = (typeof tabs)[number]['id'];

/**
 * The open tab of a node. Until the user chooses a tab, a selected or clicked node opens at its output after a run and at its settings
 * before one. A chosen tab stays for all nodes, so that they can be compared.
 */
export const tabStore = createStore<{
  readonly tab: Tab;
  readonly isChosen: boolean;
  /** Increases with each click on a node. */
  readonly clicks: number;
  /** Whether the run settings are open. They stay open when another node is selected. */
  readonly isRunOpen: boolean;
}>(() => ({ tab: 'settings', isChosen: false, clicks: 0, isRunOpen: false }));

/** Opens the tab that the user chose. */
export function chooseTab(tab: Tab): void {
  tabStore.setState({ tab, isChosen: true });
}

/** Opens the settings to show something in them, such as a field with an issue. */
export function openSettingsTab(): void {
  tabStore.setState({ tab: 'settings' });
}

/** Opens the usual tab of a node that was selected or clicked, unless the user has chosen a tab. */
export function openUsualTab(hasRun: boolean): void {
  tabStore.setState(({ tab, isChosen }) => ({ tab: isChosen ? tab : hasRun ? 'output' : 'settings' }));
}

export function noteNodeClick(): void {
  tabStore.setState(({ clicks }) => ({ clicks: clicks + 1 }));
}

export function toggleRun(): void {
  tabStore.setState(({ isRunOpen }) => ({ isRunOpen: !isRunOpen }));
}
