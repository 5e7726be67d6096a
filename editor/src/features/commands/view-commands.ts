import { projectKeys, projectStore } from '../../data/access/project-store.js';
import { switchRegion } from '../../ui/keyboard/move-focus.js';
import { railKeys, toggleRail } from '../../ui/navigation/rail-store.js';
import { toggleTheme } from '../../ui/theme/theme.js';
import { setOverlay } from '../view/index.js';
import type { Command } from './command.js';

/** Commands that open dialogs, move between regions, and change the rail and the theme. */
export const viewCommands: readonly Command[] = [
  {
    id: 'commands',
    title: 'Command palette',
    group: 'View',
    keys: ['Mod+K'],
    isGlobal: true,
    isEnabled: () => true,
    run: ({ view }) => setOverlay(view, { kind: 'commands' }),
  },
  {
    id: 'shortcuts',
    title: 'Keyboard shortcuts',
    group: 'View',
    keys: ['?'],
    isForPage: true,
    isEnabled: () => true,
    run: ({ view }) => setOverlay(view, { kind: 'shortcuts' }),
  },
  {
    id: 'legend',
    title: 'Legend of the canvas',
    group: 'View',
    keys: ['L'],
    isEnabled: ({ document }) => document.document !== undefined,
    run: ({ view }) => setOverlay(view, { kind: 'legend' }),
  },
  {
    id: 'region',
    title: 'Go to next region: canvas, panel, timeline, zoom',
    group: 'View',
    keys: ['F6'],
    isGlobal: true,
    isEnabled: () => true,
    run: () => switchRegion(),
  },
  {
    id: 'region-before',
    title: 'Go to previous region',
    group: 'View',
    keys: ['Shift+F6'],
    isGlobal: true,
    isEnabled: () => true,
    run: () => switchRegion(-1),
  },
  {
    id: 'drawer',
    title: 'Show or hide timeline',
    group: 'View',
    keys: ['T'],
    isForPage: true,
    isEnabled: () => true,
    run: ({ view }) => view.setState(({ isDrawerOpen }) => ({ isDrawerOpen: !isDrawerOpen })),
  },
  {
    id: 'data-map',
    title: 'Show data map',
    group: 'View',
    keys: [],
    isEnabled: ({ document }) => document.document !== undefined,
    run: ({ view }) => setOverlay(view, { kind: 'data-map' }),
  },
  {
    id: 'projects',
    title: 'Switch project',
    group: 'View',
    keys: [projectKeys],
    isForPage: true,
    isEnabled: () => (projectStore.getState().projects?.length ?? 0) > 1,
    run: () => projectStore.setState({ isChoosing: true }),
  },
  {
    id: 'navigation',
    title: 'Show or hide navigation labels',
    group: 'View',
    keys: [railKeys],
    isForPage: true,
    isEnabled: () => true,
    run: () => toggleRail(),
  },
  { id: 'theme', title: 'Switch theme', group: 'View', keys: [], isEnabled: () => true, run: () => toggleTheme() },
];
