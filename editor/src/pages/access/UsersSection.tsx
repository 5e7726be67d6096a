import type { UserReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { readMe, useMe } from '../../access/me-store.js';
import { access } from '../../api/access.js';
import { formatAgo } from '../../format/format-time.js';
import { Notice } from '../../frame/Notice.js';
import { useNow } from '../../run/use-now.js';
import { useLoaded } from '../home/use-loaded.js';
import { InviteUser } from './InviteUser.js';
import { UserDialogs, type UserDialog } from './UserDialogs.js';
import { UserMenu } from './UserMenu.js';
import { Allowed } from './Allowed.js';

/** Who may sign in, and what each may do. */
export function UsersSection(): ReactElement {
  return (
    <Allowed permission="user:manage" what="Managing users">
      <Users />
    </Allowed>
  );
}

function Users(): ReactElement {
  const { value: users, error, again } = useLoaded(access.users);
  const me = useMe();
  const now = useNow(false);
  const [isInviting, setInviting] = useState(false);
  const [dialog, setDialog] = useState<UserDialog>();
  const changed = (): void => {
    again();
    void readMe();
  };
  return (
    <>
      <div className="section-bar">
        <p className="quiet">
          {me === undefined
            ? ''
            : me.isSignInNeeded
              ? 'Everybody signs in. An invitation is a link that works once: send it as you would send a key.'
              : 'On this machine nobody signs in yet. From the second user on, everybody does.'}
        </p>
        <button type="button" className="button button-primary" onClick={() => setInviting(true)}>
          Invite somebody
        </button>
      </div>
      {error === undefined ? null : <Notice error={error} action={{ name: 'Try again', run: again }} />}
      {users === undefined ? (
        error === undefined ? (
          <p className="quiet">Reading the users…</p>
        ) : null
      ) : users.length === 0 ? (
        <p className="section-empty quiet">Nobody has an account. Invite yourself as the owner first.</p>
      ) : (
        <div className="table-frame" tabIndex={0} role="region" aria-label="Users">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Who</th>
                <th scope="col">Roles</th>
                <th scope="col">Second factor</th>
                <th scope="col">Signed in</th>
                <td>
                  <span className="visually-hidden">Actions</span>
                </td>
              </tr>
            </thead>
            <tbody>
              {users.map((user) => (
                <tr key={user.id} data-off={user.isDisabled || undefined}>
                  <th scope="row">
                    <strong>{user.name}</strong>{' '}
                    {me?.principal?.id === `user:${user.id}` ? <span className="quiet">you</span> : null}
                    <br />
                    <span className="quiet">{user.email}</span>
                  </th>
                  <td>
                    <Roles user={user} />
                  </td>
                  <td>{user.hasSecondFactor ? 'On' : <span className="quiet">Off</span>}</td>
                  <td title={user.signedInAt === undefined ? undefined : new Date(user.signedInAt).toLocaleString()}>
                    {user.isDisabled ? (
                      'Disabled'
                    ) : me?.principal?.id === `user:${user.id}` ? (
                      'Now'
                    ) : user.signedInAt === undefined ? (
                      <span className="quiet">Not yet</span>
                    ) : (
                      formatAgo(user.signedInAt, now)
                    )}
                  </td>
                  <td className="cell-menu">
                    <UserMenu user={user} onDialog={setDialog} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {isInviting ? (
        <InviteUser isFirst={users?.length === 0} onInvited={changed} onClose={() => setInviting(false)} />
      ) : null}
      {dialog === undefined ? null : (
        <UserDialogs dialog={dialog} onChanged={changed} onClose={() => setDialog(undefined)} />
      )}
    </>
  );
}

function Roles({ user: { roles } }: { readonly user: UserReply }): ReactElement {
  const held = Object.entries(roles).filter(([, list]) => list.length > 0);
  if (held.length === 0) return <span className="quiet">None</span>;
  return (
    <>
      {held.map(([project, list]) => (
        <div key={project}>
          {list.join(', ')}{' '}
          {held.length > 1 || project !== 'default' ? <span className="quiet">in {project}</span> : null}
        </div>
      ))}
    </>
  );
}
