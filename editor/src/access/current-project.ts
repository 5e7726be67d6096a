import { createStore } from 'zustand/vanilla';

const key = 'heddle.project';

/**
 * The project that this tab works in: every request, upload and the live socket names it. A tab keeps its own over reloads, and a new
 * tab begins with the one that was chosen last. Undefined while there is nothing to choose: the server then knows by itself.
 */
export const currentProject = createStore<{ readonly id: string | undefined }>(() => ({ id: kept() }));

function kept(): string | undefined {
  try {
    return sessionStorage.getItem(key) ?? localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined; // Storage is off, or there is none: the server's choice holds.
  }
}

/** Keeps a choice; false where it would be forgotten by the next page. */
export function keepProject(id: string): boolean {
  try {
    sessionStorage.setItem(key, id);
    localStorage.setItem(key, id);
  } catch {
    return false;
  }
  currentProject.setState({ id });
  return true;
}

/** Forgets it, as when the project is gone or there is only one. */
export function forgetProject(): void {
  try {
    sessionStorage.removeItem(key);
    localStorage.removeItem(key);
  } catch {
    // Then nothing was kept.
  }
  currentProject.setState({ id: undefined });
}
