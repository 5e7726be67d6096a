import { localValues } from '../../data/browser-storage.js';

export type Theme = 'light' | 'dark';

const key = 'heddle.theme';
const listeners = new Set<() => void>();
const systemIsDark = (): boolean => window.matchMedia('(prefers-color-scheme: dark)').matches;

/** The theme chosen on this device; undefined where the system's theme applies. */
export function chosenTheme(): Theme | undefined {
  try {
    const value = localValues().getItem(key);
    return value === 'light' || value === 'dark' ? value : undefined;
  } catch {
    return undefined; // Without storage, the system's theme applies.
  }
}

/** The theme chosen on this device, else the system's. */
export function currentTheme(): Theme {
  return chosenTheme() ?? (systemIsDark() ? 'dark' : 'light');
}

/** Applies the theme to the page, and again when the system's theme changes. */
export function startTheme(): void {
  const apply = (): void => {
    document.documentElement.dataset['theme'] = currentTheme();
    listeners.forEach((listener) => listener());
  };
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', apply);
  listeners.add(() => (document.documentElement.dataset['theme'] = currentTheme()));
  apply();
}

/** Toggles between light and dark, and stores the choice on this device. */
export function toggleTheme(): void {
  chooseTheme(currentTheme() === 'dark' ? 'light' : 'dark');
}

/** Stores a choice on this device; `undefined` follows the system. */
export function chooseTheme(theme: Theme | undefined): void {
  try {
    if (theme === undefined) localValues().removeItem(key);
    else localValues().setItem(key, theme);
  } catch {
    return; // Without storage, the choice is not kept.
  }
  listeners.forEach((listener) => listener());
}

/** Subscribes to changes; returns the function that ends it. */
export function watchTheme(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
