import { useSyncExternalStore } from 'react';
import { chosenTheme, currentTheme, watchTheme, type Theme } from './theme.js';

/** The theme, for parts that draw by it. */
export function useTheme(): Theme {
  return useSyncExternalStore(watchTheme, currentTheme);
}

/** What was chosen on this device; undefined where the system's choice holds. */
export function useChosenTheme(): Theme | undefined {
  return useSyncExternalStore(watchTheme, chosenTheme);
}
