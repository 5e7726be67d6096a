import type { ReactElement } from 'react';
import { HeddleMark } from '../frame/HeddleMark.js';
import { Link } from './Link.js';

/** A one-time link that opens nothing: why that may be, and who makes another. */
export function DeadLink({ hasUsers }: { readonly hasUsers: boolean }): ReactElement {
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
        <p>
          Nobody has an account here yet. Heddle prints a new link each time it starts, until the first account is made:
          open the newest, or ask whoever runs it.
        </p>
      )}
    </div>
  );
}
