const prefix = 'heddle.page.';

/** The name of this page while it is open. After a reload it has another name. */
export const pageName = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 10)}`;

/** The browser's locks. Undefined at an address without encryption, although the browser's types do not say so. */
export function browserLocks(): LockManager | undefined {
  return 'locks' in navigator ? navigator.locks : undefined;
}

/** Holds this page's lock until the page is closed or crashes, so that other pages know whether it is open. */
export function announcePage(locks: Pick<LockManager, 'request'> | undefined): void {
  locks?.request(`${prefix}${pageName}`, () => new Promise(() => undefined)).catch(() => undefined); // without the lock, other pages take this page for closed
}

/** Reads which pages are open now. If the browser cannot tell (at an address without encryption), all count as closed. */
export async function readOpenPages(locks: Pick<LockManager, 'query'> | undefined): Promise<(name: string) => boolean> {
  const { held = [] } = (await locks?.query().catch(() => undefined)) ?? {};
  const open = new Set(held.map(({ name }) => name));
  return (name) => open.has(`${prefix}${name}`);
}
