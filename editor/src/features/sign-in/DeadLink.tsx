import type { ReactElement } from 'react';
import { HeddleMark } from '../../ui/icons/HeddleMark.js';
import { Link } from '../../ui/navigation/Link.js';
import styles from './sign-in.module.css';

/** Shown for a one-time link that does not work: the possible reasons, and who can create a new link. */
export function DeadLink({
  hasUsers,
  isOpen,
}: {
  readonly hasUsers: boolean;
  /** Whether Heddle can be used without an account. */
  readonly isOpen: boolean;
}): ReactElement {
  return (
    <div className={styles['dead-link']}>
      <HeddleMark />
      <h1>This link does not work</h1>
      <p>It was used already, has expired, was replaced by a newer link, or was not copied completely.</p>
      {hasUsers ? (
        <>
          <p>
            If you have already chosen a password, sign in with it. Otherwise ask the sender or an owner of this Heddle
            for a new link: owners create one in the settings, under Users.
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

/** Shown while no account exists: how to create the first one, and a link into Heddle if no account is needed. */
export function NobodyYet({ isOpen }: { readonly isOpen: boolean }): ReactElement {
  return (
    <div className={styles['dead-link']}>
      <HeddleMark />
      <h1>{isOpen ? 'You do not need to sign in' : 'No accounts yet'}</h1>
      <NoAccounts isOpen={isOpen} />
    </div>
  );
}

function NoAccounts({ isOpen }: { readonly isOpen: boolean }): ReactElement {
  return (
    <>
      <p>
        Until the first account exists, Heddle prints a new link each time it starts. Open the newest link, or ask the
        person who runs this server.
      </p>
      {isOpen ? (
        <Link href="/" className="button button-primary">
          Open Heddle
        </Link>
      ) : null}
    </>
  );
}
