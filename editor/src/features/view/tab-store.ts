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
 * The open tab of a node. Until a person chooses one by hand, a node that is selected or clicked opens at its output after a run, and at its
 * settings before one. From then on the chosen tab stays, so that nodes can be compared.
 */
export const tabStore = createStore<{
  readonly tab: Tab;
  readonly isChosen: boolean;
  /** Increases with each click on a node. */
  readonly clicks: number;
  /** Whether the run settings are open; this stays when another node is selected. */
  readonly isRunOpen: boolean;
}>(() => ({ tab: 'settings', isChosen: false, clicks: 0, isRunOpen: false }));

/** Opens the tab that a person chose. */
export function chooseTab(tab: Tab): void {
  tabStore.setState({ tab, isChosen: true });
}

/** Opens a tab for something that is in it, such as a field with an issue. */
export function openTab(tab: Tab): void {
  tabStore.setState({ tab });
}

/** Opens the tab of a node that was selected or clicked, unless a person chose one. */
export function openUsualTab(hasRun: boolean): void {
  tabStore.setState(({ tab, isChosen }) => ({ tab: isChosen ? tab : hasRun ? 'output' : 'settings' }));
}

/** Notes a click on a node of the canvas. */
export function noteNodeClick(): void {
  tabStore.setState(({ clicks }) => ({ clicks: clicks + 1 }));
}

/** Opens or closes the run settings. */
export function toggleRun(): void {
  tabStore.setState(({ isRunOpen }) => ({ isRunOpen: !isRunOpen }));
}
