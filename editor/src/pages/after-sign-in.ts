/** Where somebody goes after signing in: back to where they were, within this editor only. */
export function afterSignIn(address: string): string {
  const next = new URLSearchParams(address.split('?')[1] ?? '').get('next') ?? '/';
  // `//host` and `/\host` are addresses of other places.
  return /^\/(?![/\\])/.test(next) ? next : '/';
}

/** The page that asks who one is, and leads back. */
export const signInPath = (from: string): string => `/sign-in?${new URLSearchParams({ next: from }).toString()}`;

const failures: Readonly<Record<string, string>> = {
  disabled: 'Your account is disabled. An owner can enable it again.',
  unverified: 'The provider does not say that your email address is yours. Confirm it there, then try again.',
  unknown:
    'The provider knows you, but nobody with your email address has an account here. Ask an owner to invite you.',
  taken: 'This address is the one of somebody else who signs in by the provider. Ask an owner of this Heddle.',
  ownerless: 'There is no owner yet. Make that account first, by the link that the start of Heddle printed.',
};

/** Why signing in at the provider led back here; the address names a reason, and the words are ours. */
export function failureWords(reason: string | null): string | undefined {
  if (reason === null) return undefined;
  return Object.hasOwn(failures, reason)
    ? failures[reason]
    : 'The sign-in at the provider did not work. Try again; if it goes on, tell an owner.';
}
