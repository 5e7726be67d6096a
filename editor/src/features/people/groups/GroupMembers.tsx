import type { GroupReply } from '@heddle/core';
import { type ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { useAction } from '../../../data/queries/use-action.js';
import { useGet } from '../../../data/queries/use-get.js';
import { Dialog } from '../../../ui/dialogs/Dialog.js';
import { Notice } from '../../../ui/states/Notice.js';
import { ReaderList } from '../../readers/index.js';

/** Adds members to a group and removes them. Each change is stored at once. */
export function GroupMembers({
  group,
  claimed,
  onChanged,
  onClose,
}: {
  readonly group: GroupReply;
  /** Group names that the sign-in provider reported for users. */
  readonly claimed: readonly string[];
  readonly onChanged: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const users = useGet('/api/users', {}, (reply) => reply.users);
  const action = useAction();
  const members = group.members.map(({ member }) => member);
  const choices = [
    ...group.members.map(({ member, title }) => ({ reader: member, title })),
    ...(users.value ?? []).map(({ id, name, email }) => ({ reader: `user:${id}`, title: `${name} (${email})` })),
    ...claimed.map((name) => ({ reader: `oidc-group:${name}`, title: name })),
  ];
  const change = (next: readonly string[]): void =>
    action.run(async () => {
      const of = (member: string) => ({ params: { path: { id: group.id, member } } });
      for (const member of next)
        if (!members.includes(member)) await client.PUT('/api/groups/{id}/members/{member}', of(member));
      for (const member of members)
        if (!next.includes(member)) await client.DELETE('/api/groups/{id}/members/{member}', of(member));
      onChanged();
    });
  return (
    <Dialog title={`Members of “${group.name}”`} onClose={onClose}>
      <div className="dialog-form">
        <ReaderList readers={members} choices={choices} empty="No members yet." onChange={change} />
        {action.error === undefined ? null : <Notice error={action.error} />}
        <div className="dialog-actions">
          <button type="button" className="button button-primary" onClick={onClose}>
            Done
          </button>
        </div>
      </div>
    </Dialog>
  );
}
