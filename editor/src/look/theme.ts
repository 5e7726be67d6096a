import { localValues } from '../browser-storage.js';

export type Theme = 'light' | 'dark';

const key = 'heddle.theme';
const listeners = new Set<() => void>();
const systemIsDark = (): boolean => window.matchMedia('(prefers-color-scheme: dark)').matches;

/** What was chosen on this device; undefined where the system's choice holds. */
export function chosenTheme(): Theme | undefined {
  try {
    const value = localValues().getItem(key);
    return value === 'light' || value === 'dark' ? value : undefined;
  } catch {
    return undefined; // Storage is off: the system's choice holds.
  }
}

/** The theme that is shown: what was chosen here, else what the system asks for. */
export function currentTheme(): Theme {
  return chosenTheme() ?? (systemIsDark() ? 'dark' : 'light');
}

/** Writes the theme to the page, and again when the system changes. */
export function startTheme(): void {
  const apply = (): void => {
    document.documentElement.dataset['theme'] = currentTheme();
    listeners.forEach((listener) => listener());
  };
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', apply);
  listeners.add(() => (document.documentElement.dataset['theme'] = currentTheme()));
  apply();
}

/** Turns light to dark and back, remembered on this device. */
export function toggleTheme(): void {
  chooseTheme(currentTheme() === 'dark' ? 'light' : 'dark');
}

/** Keeps a choice on this device; `undefined` goes by what the system asks for. */
export function chooseTheme(theme: Theme | undefined): void {
  try {
    if (theme === undefined) localValues().removeItem(key);
    else localValues().setItem(key, theme);
  } catch {
    return; // Storage is off, so a choice cannot be kept.
  }
  listeners.forEach((listener) => listener());
}

/** Hears of each change; gives what ends it. */
export function watchTheme(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
