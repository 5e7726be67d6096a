import { lazy, type ComponentType, type LazyExoticComponent } from 'react';

const key = 'heddle.reloaded';
const pauseMs = 10_000;

/** How long a server that is away is left alone before it is asked again. */
const awayMs = 1000;

/**
 * A part that is fetched when it is needed. While the server is away it is waited for. A part that is gone, because the editor was
 * built again since this page was loaded, loads the page anew once; unsaved work is kept on this device meanwhile.
 */
export function lazyPage<Props>(load: () => Promise<ComponentType<Props>>): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => ({ default: await loadPart(load) }));
}

/** A part of a page: what comes after the first look, and may be fetched before it is needed. */
export function latePart<Props>(
  load: () => Promise<ComponentType<Props>>,
): LazyExoticComponent<ComponentType<Props>> & { readonly load: () => Promise<unknown> } {
  return Object.assign(lazyPage(load), { load });
}

/** Fetches a part as soon as the server can be reached; where it is gone, the page is loaded anew once. */
export async function loadPart<Part>(load: () => Promise<Part>): Promise<Part> {
  try {
    return await load();
  } catch (error) {
    if (!(await isServerThere())) {
      await new Promise((resolve) => setTimeout(resolve, awayMs));
      return loadPart(load);
    }
    if (!mayReload()) throw error;
    window.location.reload();
    return new Promise(() => undefined);
  }
}

/** Any answer will do. */
function isServerThere(): Promise<boolean> {
  return fetch('/', { method: 'HEAD', cache: 'no-store' }).then(
    () => true,
    () => false,
  );
}

/** Whether the last time was long enough ago, so that a server that is broken is not asked for ever. */
function mayReload(): boolean {
  try {
    const before = Number(sessionStorage.getItem(key) ?? 0);
    sessionStorage.setItem(key, String(Date.now()));
    return Date.now() - before > pauseMs;
  } catch {
    return false; // Storage is off: nothing tells whether this was tried before.
  }
}
