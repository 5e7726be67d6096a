import clsx from 'clsx';
import { UserRound } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { readMe, useMe } from '../../../data/access/me-store.js';
import { useProjectNames } from '../../../data/access/project-store.js';
import { client } from '../../../data/api/client.js';
import { TextField } from '../../../ui/fields/FormFields.js';
import { EmptyState } from '../../../ui/states/EmptyState.js';
import { Notice } from '../../../ui/states/Notice.js';
import { Link } from '../../../ui/navigation/Link.js';
import { settingsPath } from '../../../ui/navigation/route.js';
import { useAction } from '../../../data/queries/use-action.js';
import { SecondFactor } from './SecondFactor.js';
import styles from '../people.module.css';

/** The user's own account: name, roles, password, second factor, and a button to sign out. */
export function AccountSection(): ReactElement {
  const me = useMe();
  const nameOf = useProjectNames();
  if (me === undefined) return <p className="quiet">Loading your account…</p>;
  const { principal } = me;
  if (principal?.kind !== 'user')
    return (
      <EmptyState
        Icon={UserRound}
        action={
          me.hasUsers ? (
            <Link href="/sign-in" className="button">
              Sign in
            </Link>
          ) : (
            <Link href={settingsPath('users')} className="button">
              Invite the first user
            </Link>
          )
        }
      >
        You work as the local user of this machine, without an account and with all rights.
        {me.hasUsers ? null : ' The first user that you invite enables accounts.'}
      </EmptyState>
    );
  return (
    <>
      <dl className="facts">
        <div>
          <dt>Name</dt>
          <dd>{principal.name}</dd>
        </div>
        {Object.entries(principal.roles).map(([project, roles]) => (
          <div key={project}>
            <dt>Roles in {nameOf(project)}</dt>
            <dd>{roles.join(', ')}</dd>
          </div>
        ))}
      </dl>
      <Password />
      <SecondFactor isOn={principal.hasSecondFactor === true} />
      <SignOut />
    </>
  );
}

function Password(): ReactElement {
  const [fields, setFields] = useState({ current: '', next: '' });
  const [isChanged, setChanged] = useState(false);
  const action = useAction();
  return (
    <section className="section" aria-labelledby="password">
      <h2 id="password">Password</h2>
      <form
        className={clsx('run-form', styles['account-form'])}
        onSubmit={(event) => {
          event.preventDefault();
          setChanged(false);
          action.run(async () => {
            await client.POST('/api/auth/password', { body: fields });
            setFields({ current: '', next: '' });
            setChanged(true);
          });
        }}
      >
        <div className="field-pair">
          <TextField
            title="Current password"
            type="password"
            autoComplete="current-password"
            isRequired
            value={fields.current}
            onChange={(current) => setFields({ ...fields, current })}
          />
          <TextField
            title="New password"
            help="12 characters or more."
            type="password"
            minLength={12}
            isRequired
            value={fields.next}
            onChange={(next) => setFields({ ...fields, next })}
          />
        </div>
        {action.error === undefined ? null : <Notice error={action.error} />}
        <div className="head-actions">
          <button type="submit" className="button" disabled={action.isBusy}>
            Change password
          </button>
          <span className="quiet" role="status">
            {isChanged ? 'Your password was changed. You were signed out everywhere else.' : ''}
          </span>
        </div>
      </form>
    </section>
  );
}

function SignOut(): ReactElement {
  const action = useAction();
  return (
    <section className="section" aria-labelledby="sign-out">
      <h2 id="sign-out">This browser</h2>
      {action.error === undefined ? null : <Notice error={action.error} />}
      <div className="head-actions">
        <button
          type="button"
          className="button"
          disabled={action.isBusy}
          onClick={() =>
            action.run(async () => {
              await client.POST('/api/auth/sign-out');
              await readMe();
              window.location.assign('/sign-in');
            })
          }
        >
          Sign out
        </button>
        <Link href={settingsPath('sessions')} className="text-link">
          Other sessions
        </Link>
      </div>
    </section>
  );
}
