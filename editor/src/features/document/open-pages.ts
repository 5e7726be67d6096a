const prefix = 'heddle.page.';

/** A name of this page while it is open; a reload gets another one. */
export const pageName = `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 10)}`;

/** The browser's locks; undefined at an address without encryption, although the types do not say so. */
export function browserLocks(): LockManager | undefined {
  return 'locks' in navigator ? navigator.locks : undefined;
}

/** Holds this page's lock until it is closed or crashes, so that other pages can tell. */
export function announcePage(locks: Pick<LockManager, 'request'> | undefined): void {
  locks?.request(`${prefix}${pageName}`, () => new Promise(() => undefined)).catch(() => undefined); // without it, others take this page for closed
}

/** Which pages are open now. Where the browser cannot tell (an address without encryption), all count as closed. */
export async function readOpenPages(locks: Pick<LockManager, 'query'> | undefined): Promise<(name: string) => boolean> {
  const { held = [] } = (await locks?.query().catch(() => undefined)) ?? {};
  const open = new Set(held.map(({ name }) => name));
  return (name) => open.has(`${prefix}${name}`);
}
