import type { GroupReply } from '@heddle/core';
import { Pencil, UsersRound } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { useGet } from '../../../data/queries/use-get.js';
import { Confirm } from '../../../ui/dialogs/Confirm.js';
import { FormDialog } from '../../../ui/dialogs/FormDialog.js';
import { TextField } from '../../../ui/fields/FormFields.js';
import { Allowed } from '../../../ui/states/Allowed.js';
import { EmptyState } from '../../../ui/states/EmptyState.js';
import { LoadedTable } from '../../../ui/tables/LoadedTable.js';
import { GroupMembers } from './GroupMembers.js';
import { RemoveButton } from '../../../ui/buttons/RemoveButton.js';

type GroupDialog =
  { readonly kind: 'new' } | { readonly kind: 'rename' | 'members' | 'remove'; readonly group: GroupReply };

/** Groups of users and accounts. Lists of readers can name them. */
export function GroupsSection(): ReactElement {
  return (
    <Allowed permission="user:manage" what="Managing groups">
      <Groups />
    </Allowed>
  );
}

function Groups(): ReactElement {
  const loaded = useGet('/api/groups');
  const [dialog, setDialog] = useState<GroupDialog>();
  const close = (): void => setDialog(undefined);
  const group = dialog !== undefined && 'group' in dialog ? dialog.group : undefined;
  // Uses the reloaded group, because the dialog stays open while its members change.
  const current = loaded.value?.groups.find(({ id }) => id === group?.id) ?? group;
  return (
    <>
      <div className="section-bar">
        <p className="quiet">
          A document can be readable only for the members of a group. Changes of its members apply from the next search,
          also in runs that have already begun.
        </p>
        <button type="button" className="button button-primary" onClick={() => setDialog({ kind: 'new' })}>
          New group
        </button>
      </div>
      <LoadedTable
        name="Groups"
        loaded={{ ...loaded, value: loaded.value?.groups }}
        empty={
          <EmptyState Icon={UsersRound}>No groups yet. A group gives several people the same documents.</EmptyState>
        }
        columns={['Group', 'Members']}
      >
        {(one) => (
          <tr key={one.id}>
            <th scope="row">
              <strong>{one.name}</strong>
              <br />
              <span className="quiet mono">{one.id}</span>
            </th>
            <td>
              {one.members.length === 0 ? (
                <span className="quiet">None</span>
              ) : (
                one.members.map(({ title }) => title).join(', ')
              )}
            </td>
            <td className="cell-menu">
              <button type="button" className="button" onClick={() => setDialog({ kind: 'members', group: one })}>
                Members
              </button>
              <button
                type="button"
                className="icon-button"
                aria-label={`Rename ${one.name}`}
                onClick={() => setDialog({ kind: 'rename', group: one })}
              >
                <Pencil size={14} aria-hidden />
              </button>
              <RemoveButton label={`Remove ${one.name}`} onClick={() => setDialog({ kind: 'remove', group: one })} />
            </td>
          </tr>
        )}
      </LoadedTable>
      {dialog?.kind === 'new' || dialog?.kind === 'rename' ? (
        <GroupName group={group} onDone={loaded.again} onClose={close} />
      ) : null}
      {dialog?.kind === 'members' && current !== undefined ? (
        <GroupMembers group={current} claimed={loaded.value?.claimed ?? []} onChanged={loaded.again} onClose={close} />
      ) : null}
      {dialog?.kind === 'remove' ? (
        <Confirm
          title={`Remove “${dialog.group.name}”?`}
          verb="Remove group"
          onClose={close}
          onConfirm={async () => {
            await client.DELETE('/api/groups/{id}', { params: { path: { id: dialog.group.id } } });
            loaded.again();
            close();
          }}
        >
          <p>
            Its members lose the documents that only this group opens. A new group of the same name does not open them
            again.
          </p>
        </Confirm>
      ) : null}
    </>
  );
}

function GroupName({
  group,
  onDone,
  onClose,
}: {
  readonly group: GroupReply | undefined;
  readonly onDone: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const [name, setName] = useState(group?.name ?? '');
  return (
    <FormDialog
      title={group === undefined ? 'New group' : `Rename “${group.name}”`}
      verb={group === undefined ? 'Create group' : 'Rename'}
      onClose={onClose}
      onSubmit={async () => {
        if (group === undefined) await client.POST('/api/groups', { body: { name } });
        else await client.PATCH('/api/groups/{id}', { params: { path: { id: group.id } }, body: { name } });
        onDone();
        onClose();
      }}
    >
      <TextField
        title="Name"
        value={name}
        onChange={setName}
        isRequired
        isFirst
        help={group === undefined ? undefined : 'Documents that the group may read stay the same.'}
      />
    </FormDialog>
  );
}
