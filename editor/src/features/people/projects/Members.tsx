import type { MemberReply, ProjectReply, Role } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { useKnownMay } from '../../../data/access/me-store.js';
import { client } from '../../../data/api/client.js';
import { useGet } from '../../../data/queries/use-get.js';
import { Notice } from '../../../ui/states/Notice.js';
import { ListRow } from '../../../ui/tables/ListRow.js';
import { RowButton } from '../../../ui/buttons/RowButton.js';
import { Dialog } from '../../../ui/dialogs/Dialog.js';
import { Confirm } from '../../../ui/dialogs/Confirm.js';
import { TextField } from '../../../ui/fields/FormFields.js';
import { useLoaded } from '../../../data/queries/use-loaded.js';
import { useAction } from '../../../data/queries/use-action.js';
import { RoleFields } from '../users/RoleFields.js';

/** Loads all accounts for users who may list them. Other users enter an e-mail address. */
const readAccounts = async (signal: AbortSignal): Promise<readonly string[]> => {
  const [users, services] = await Promise.all([
    client.GET('/api/users', { signal }).then(({ users }) => users),
    client.GET('/api/services', { signal }).then(({ services }) => services),
  ]);
  return [...users.map(({ email }) => email), ...services.map(({ id }) => `service:${id}`)];
};
const noAccounts: typeof readAccounts = () => Promise.resolve([]);

/** The members of a project and their roles. */
export function Members({
  project: { id, name, isManager },
  onClose,
}: {
  readonly project: ProjectReply;
  readonly onClose: () => void;
}): ReactElement {
  const { value, error, again } = useGet(
    '/api/projects/{id}/members',
    { params: { path: { id } } },
    ({ members }) => members,
  );
  const [changed, setChanged] = useState<readonly MemberReply[]>();
  const [edited, setEdited] = useState<{ readonly member: string; readonly roles: readonly Role[] }>();
  const [removed, setRemoved] = useState<MemberReply>();
  const accounts = useLoaded(useKnownMay('user:manage') === true ? readAccounts : noAccounts);
  const action = useAction();
  const members = changed ?? value;
  const isNew = edited !== undefined && members?.every(({ member }) => member !== edited.member);
  const save = (member: string, roles: readonly Role[]): void =>
    action.run(async () => {
      setChanged(
        (await client.PUT('/api/projects/{id}/members/{member}', { params: { path: { id, member } }, body: { roles } }))
          .members,
      );
      setEdited(undefined);
    });
  if (removed !== undefined)
    return (
      <Confirm
        title={`Remove ${removed.name} from ${name}?`}
        verb="Remove member"
        onClose={() => setRemoved(undefined)}
        onConfirm={async () => {
          setChanged(
            (
              await client.PUT('/api/projects/{id}/members/{member}', {
                params: { path: { id, member: removed.member } },
                body: { roles: [] },
              })
            ).members,
          );
          setRemoved(undefined);
        }}
      >
        <p>They lose their roles in this project at once. A manager of the project can add them again.</p>
      </Confirm>
    );
  return (
    <Dialog title={`Members of ${name}`} onClose={onClose}>
      <div className="dialog-form">
        {error === undefined ? null : <Notice error={error} action={{ name: 'Retry', run: again }} />}
        {edited === undefined ? (
          <>
            <ul className="rows">
              {members?.map((member) => (
                <ListRow key={member.member} title={member.name} facts={member.roles.join(', ')}>
                  {isManager ? (
                    <>
                      <RowButton title="Change" what={member.name} run={() => setEdited(member)} />
                      <RowButton
                        title="Remove"
                        what={member.name}
                        isOff={action.isBusy}
                        run={() => setRemoved(member)}
                      />
                    </>
                  ) : null}
                </ListRow>
              ))}
            </ul>
            {members?.length === 0 ? <p className="quiet">No members yet.</p> : null}
          </>
        ) : (
          <>
            {isNew === true ? (
              <TextField
                title="Email of a user, or service:ID"
                value={edited.member}
                isFirst
                suggestions={accounts.value ?? []}
                onChange={(member) => setEdited({ ...edited, member })}
              />
            ) : null}
            <RoleFields legend="Roles" roles={edited.roles} onChange={(roles) => setEdited({ ...edited, roles })} />
          </>
        )}
        {action.error === undefined ? null : <Notice error={action.error} />}
        <div className="dialog-actions">
          {edited === undefined ? (
            isManager ? (
              <button
                type="button"
                className="button button-primary"
                onClick={() => setEdited({ member: '', roles: ['viewer'] })}
              >
                Add member
              </button>
            ) : null
          ) : (
            <>
              <button type="button" className="button" onClick={() => setEdited(undefined)}>
                Cancel
              </button>
              <button
                type="button"
                className="button button-primary"
                disabled={action.isBusy || edited.member.trim() === '' || edited.roles.length === 0}
                onClick={() => save(edited.member.trim(), edited.roles)}
              >
                Save
              </button>
            </>
          )}
        </div>
      </div>
    </Dialog>
  );
}
