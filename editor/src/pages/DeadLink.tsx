import type { ReactElement } from 'react';
import { HeddleMark } from '../frame/HeddleMark.js';
import { Link } from './Link.js';

/** A one-time link that opens nothing: why that may be, and who makes another. */
export function DeadLink({
  hasUsers,
  isOpen,
}: {
  readonly hasUsers: boolean;
  /** Whether one comes in without an account. */
  readonly isOpen: boolean;
}): ReactElement {
  return (
    <div className="dead-link">
      <HeddleMark />
      <h1>This link does not work</h1>
      <p>It was used already, has expired, was replaced by a newer one, or was not copied whole.</p>
      {hasUsers ? (
        <>
          <p>
            Did you choose a password before? Then sign in with it. Otherwise ask whoever sent you the link, or an owner
            of this Heddle, for a new one: an owner makes it in the settings, under Users.
          </p>
          <Link href="/sign-in" className="button button-primary">
            Sign in
          </Link>
        </>
      ) : (
        <NoAccounts isOpen={isOpen} />
      )}
    </div>
  );
}

/** Where nobody can sign in: no form, but who makes the first account, and the way in where one needs none. */
export function NobodyYet({ isOpen }: { readonly isOpen: boolean }): ReactElement {
  return (
    <div className="dead-link">
      <HeddleMark />
      <h1>{isOpen ? 'You need not sign in' : 'Nobody can sign in yet'}</h1>
      <NoAccounts isOpen={isOpen} />
    </div>
  );
}

function NoAccounts({ isOpen }: { readonly isOpen: boolean }): ReactElement {
  return (
    <>
      <p>
        Nobody has an account here yet. Heddle prints a new link each time it starts, until the first account is made:
        open the newest, or ask whoever runs it.
      </p>
      {isOpen ? (
        <Link href="/" className="button button-primary">
          Open Heddle
        </Link>
      ) : null}
    </>
  );
}
