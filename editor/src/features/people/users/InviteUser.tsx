import type { InvitedReply, Role } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { CopyText } from '../../../ui/buttons/CopyText.js';
import { Dialog } from '../../../ui/dialogs/Dialog.js';
import { FormDialog } from '../../../ui/dialogs/FormDialog.js';
import { TextField } from '../../../ui/fields/FormFields.js';
import { RoleFields } from './RoleFields.js';
import { setupAddress } from './role-text.js';

/** Creates an account and a link with which the user sets a password. */
export function InviteUser({
  isFirst,
  onInvited,
  onClose,
}: {
  /** Whether this is the first user, who becomes the owner and can invite others. */
  readonly isFirst: boolean;
  readonly onInvited: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [roles, setRoles] = useState<readonly Role[]>(isFirst ? ['owner'] : ['viewer']);
  const [invited, setInvited] = useState<InvitedReply>();
  if (invited !== undefined)
    return (
      <Dialog title={`${invited.user.name} is invited`} isShownOnce onClose={onClose}>
        <div className="dialog-form">
          <p>Send this link to {invited.user.email}. The link works once, within a week, to choose a password.</p>
          <CopyText text={setupAddress(invited.token)} what="the link" />
          <div className="dialog-actions">
            <button type="button" className="button button-primary" onClick={onClose}>
              Done
            </button>
          </div>
        </div>
      </Dialog>
    );
  return (
    <FormDialog
      title="Invite user"
      verb="Create link"
      onClose={onClose}
      onSubmit={async () => {
        setInvited(await client.POST('/api/users', { body: { name, email, roles: [...roles] } }));
        onInvited();
      }}
    >
      <TextField title="Name" value={name} onChange={setName} isRequired isFirst />
      <TextField title="Email" value={email} onChange={setEmail} isRequired help="Used to sign in." />
      <RoleFields legend="Roles" roles={roles} onChange={setRoles} />
    </FormDialog>
  );
}
