import { createStore } from 'zustand/vanilla';

const key = 'heddle.project';

/**
 * The project of this tab: every request, upload and the live socket names it. A tab keeps its project over reloads, and a new tab starts
 * with the last chosen one. Undefined while there is nothing to choose: the server then knows the project.
 */
export const currentProject = createStore<{ readonly id: string | undefined }>(() => ({ id: kept() }));

function kept(): string | undefined {
  try {
    return sessionStorage.getItem(key) ?? localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined; // Without storage, the server's choice applies.
  }
}

/** Stores the choice; false where the next page load would lose it. */
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

/** Clears the choice, as when the project is gone or there is only one. */
export function forgetProject(): void {
  try {
    sessionStorage.removeItem(key);
    localStorage.removeItem(key);
  } catch {
    // Then nothing was kept.
  }
  currentProject.setState({ id: undefined });
}
