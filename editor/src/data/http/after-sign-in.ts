/** Returns where the user goes after signing in: back to the previous page, but only within this editor. */
export function afterSignIn(address: string): string {
  const next = new URLSearchParams(address.split('?')[1] ?? '').get('next') ?? '/';
  // `//host` and `/\host` are addresses on other hosts.
  return /^\/(?![/\\])/.test(next) ? next : '/';
}

/** Returns the address of the sign-in page, with the page to return to. */
export const signInPath = (from: string): string => `/sign-in?${new URLSearchParams({ next: from }).toString()}`;

const failures: Readonly<Record<string, string>> = {
  disabled: 'Your account is disabled. An owner can enable it again.',
  unverified: 'The provider has not verified your e-mail address. Confirm it there, then try again.',
  unknown: 'No account here has your e-mail address. Ask an owner to invite you.',
  taken: 'Another user already signs in with this e-mail address. Ask an owner of this Heddle.',
  ownerless: 'There is no owner yet. Use the link that Heddle printed at its start.',
};

/** Explains why the identity provider sent the user back. The address only contains a reason code; the texts are our own. */
export function failureText(reason: string | null): string | undefined {
  if (reason === null) return undefined;
  return Object.hasOwn(failures, reason)
    ? failures[reason]
    : 'The sign-in at the provider failed. Try again. If it fails again, contact an owner.';
}
