/** Where somebody goes after signing in: back to where they were, within this editor only. */
export function afterSignIn(address: string): string {
  const next = new URLSearchParams(address.split('?')[1] ?? '').get('next') ?? '/';
  // `//host` and `/\host` are addresses of other places.
  return /^\/(?![/\\])/.test(next) ? next : '/';
}

/** The page that asks who one is, and leads back. */
export const signInPath = (from: string): string => `/sign-in?${new URLSearchParams({ next: from }).toString()}`;
