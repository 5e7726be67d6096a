import { UsersRound } from 'lucide-react';
import { defaultProject, type UserReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { readMe, useMe } from '../../../data/access/me-store.js';
import { useProjectNames } from '../../../data/access/project-store.js';
import { useGet } from '../../../data/queries/use-get.js';
import { formatAgo } from '../../../ui/format/format-time.js';
import { useNow } from '../../../ui/format/use-now.js';
import { EmptyState } from '../../../ui/states/EmptyState.js';
import { LoadedTable } from '../../../ui/tables/LoadedTable.js';
import { ForgetPerson } from './ForgetPerson.js';
import { InviteUser } from './InviteUser.js';
import { UserDialogs, type UserDialog } from './UserDialogs.js';
import { UserMenu } from './UserMenu.js';
import { Allowed } from '../../../ui/states/Allowed.js';

/** The users who may sign in, with their roles. */
export function UsersSection(): ReactElement {
  return (
    <Allowed permission="user:manage" what="Managing users">
      <Users />
    </Allowed>
  );
}

function Users(): ReactElement {
  const users = useGet('/api/users', {}, ({ users }) => users);
  const me = useMe();
  const now = useNow(false);
  const [isInviting, setInviting] = useState(false);
  const [isForgetting, setForgetting] = useState(false);
  const [dialog, setDialog] = useState<UserDialog>();
  const changed = (): void => {
    users.again();
    void readMe();
  };
  return (
    <>
      <div className="section-bar">
        <p className="quiet">
          {me === undefined
            ? ''
            : me.isSignInNeeded
              ? 'Everyone signs in. An invitation is a link that works once: send it as carefully as a key.'
              : 'No one signs in on this machine yet. With the second user, everyone has to.'}
        </p>
        <button type="button" className="button" onClick={() => setForgetting(true)}>
          Forget a person
        </button>
        <button type="button" className="button button-primary" onClick={() => setInviting(true)}>
          Invite user
        </button>
      </div>
      <LoadedTable
        name="Users"
        loaded={users}
        empty={
          <EmptyState
            Icon={UsersRound}
            action={
              <button type="button" className="button" onClick={() => setInviting(true)}>
                Invite yourself
              </button>
            }
          >
            No users yet. Invite yourself as the owner first.
          </EmptyState>
        }
        columns={['User', 'Roles', 'Second factor', 'Last sign-in']}
      >
        {(user) => (
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
            <td
              className="cell-time"
              data-tip={user.signedInAt === undefined ? undefined : new Date(user.signedInAt).toLocaleString()}
            >
              {user.isDisabled ? (
                'Disabled'
              ) : me?.principal?.id === `user:${user.id}` ? (
                'Now'
              ) : user.signedInAt === undefined ? (
                <span className="quiet">Never</span>
              ) : (
                formatAgo(user.signedInAt, now)
              )}
            </td>
            <td className="cell-menu">
              <UserMenu user={user} onDialog={setDialog} />
            </td>
          </tr>
        )}
      </LoadedTable>
      {isInviting ? (
        <InviteUser isFirst={users.value?.length === 0} onInvited={changed} onClose={() => setInviting(false)} />
      ) : null}
      {isForgetting ? <ForgetPerson onClose={() => setForgetting(false)} /> : null}
      {dialog === undefined ? null : (
        <UserDialogs dialog={dialog} onChanged={changed} onClose={() => setDialog(undefined)} />
      )}
    </>
  );
}

function Roles({ user: { roles } }: { readonly user: UserReply }): ReactElement {
  const nameOf = useProjectNames();
  const held = Object.entries(roles).filter(([, list]) => list.length > 0);
  if (held.length === 0) return <span className="quiet">None</span>;
  return (
    <>
      {held.map(([project, list]) => (
        <div key={project}>
          {list.join(', ')}{' '}
          {held.length > 1 || project !== defaultProject ? <span className="quiet">in {nameOf(project)}</span> : null}
        </div>
      ))}
    </>
  );
}
