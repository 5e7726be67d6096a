import { lazy, type ComponentType, type LazyExoticComponent } from 'react';

const key = 'heddle.reloaded';
const pauseMs = 10_000;

/** Milliseconds between attempts while the server cannot be reached. */
const awayMs = 1000;

/**
 * A part of the editor that is loaded on demand. While the server cannot be reached, loading waits. If the file is gone because the editor
 * was built again, the page reloads once; unsaved work is kept on this device.
 */
export function lazyPage<Props>(load: () => Promise<ComponentType<Props>>): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => ({ default: await loadPart(load) }));
}

/** A part of a page that loads after the first paint. `load` loads it before it is needed. */
export function lazyPart<Props>(
  load: () => Promise<ComponentType<Props>>,
): LazyExoticComponent<ComponentType<Props>> & { readonly load: () => Promise<unknown> } {
  return Object.assign(lazyPage(load), { load });
}

/** Loads a part as soon as the server can be reached. If the file is gone, the page reloads once. */
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

/** Any reply counts, an error too. */
function isServerThere(): Promise<boolean> {
  return fetch('/', { method: 'HEAD', cache: 'no-store' }).then(
    () => true,
    () => false,
  );
}

/** Whether the last reload was long enough ago, so that a broken server does not cause an endless loop. */
function mayReload(): boolean {
  try {
    const before = Number(sessionStorage.getItem(key) ?? 0);
    sessionStorage.setItem(key, String(Date.now()));
    return Date.now() - before > pauseMs;
  } catch {
    return false; // Without storage, an earlier reload cannot be detected.
  }
}
