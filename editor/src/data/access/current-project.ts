import { createStore } from 'zustand/vanilla';

const key = 'heddle.project';

/**
 * The project of this tab, which every request, every upload and the live socket name. A tab keeps its project across reloads; a new tab
 * starts with the project that was chosen last. Undefined if there is no choice; the server then knows the project.
 */
export const currentProject = createStore<{ readonly id: string | undefined }>(() => ({ id: storedProject() }));

function storedProject(): string | undefined {
  try {
    return sessionStorage.getItem(key) ?? localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined; // If storage is blocked, the server's choice applies.
  }
}

/** Stores the choice. Returns false if it will be lost at the next page load. */
export function storeProject(id: string): boolean {
  try {
    sessionStorage.setItem(key, id);
    localStorage.setItem(key, id);
  } catch {
    return false;
  }
  currentProject.setState({ id });
  return true;
}

/** Clears the choice, for example when the project no longer exists or is the only one. */
export function forgetProject(): void {
  try {
    sessionStorage.removeItem(key);
    localStorage.removeItem(key);
  } catch {
    // If storage is blocked, no choice was stored.
  }
  currentProject.setState({ id: undefined });
}
