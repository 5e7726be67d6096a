import { useSyncExternalStore } from 'react';
import { chosenTheme, currentTheme, watchTheme, type Theme } from './theme.js';

/** The current theme; the component renders again when it changes. */
export function useTheme(): Theme {
  return useSyncExternalStore(watchTheme, currentTheme);
}

/** The theme chosen on this device; undefined where the system's theme applies. */
export function useChosenTheme(): Theme | undefined {
  return useSyncExternalStore(watchTheme, chosenTheme);
}
