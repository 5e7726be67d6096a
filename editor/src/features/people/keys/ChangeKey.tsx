import type { KeyReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { FormDialog } from '../../../ui/dialogs/FormDialog.js';
import { ClearanceField } from './ClearanceField.js';
import { clearanceOf, noRights, rightsText, usualClearance } from './key-form.js';
import { RightFields } from './RightFields.js';

/** Changes the permissions of a key. Its secret and its limits stay the same. */
export function ChangeKey({
  apiKey: { id, name, scopes, narrowedFrom },
  onChanged,
  onClose,
}: {
  readonly apiKey: KeyReply;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const [permissions, setPermissions] = useState(scopes.permissions);
  const [clearance, setClearance] = useState(scopes.clearance ?? usualClearance);
  return (
    <FormDialog
      title={`Rights of the key “${name}”`}
      verb="Change rights"
      isDisabled={permissions.length === 0}
      onClose={onClose}
      onSubmit={async () => {
        await client.PATCH('/api/keys/{id}', {
          params: { path: { id } },
          body: { scopes: { ...scopes, permissions, clearance: clearanceOf(permissions, clearance) } },
        });
        onChanged();
        onClose();
      }}
    >
      <p className="quiet measure">
        A key never has more rights than its owner. The key stays the same, so programs keep using it.
      </p>
      {narrowedFrom === undefined ? null : <p>Before an upgrade narrowed it, it could: {rightsText(narrowedFrom)}.</p>}
      <RightFields rights={permissions} onChange={(rights) => setPermissions([...rights])} />
      <ClearanceField rights={permissions} clearance={clearance} onChange={setClearance} />
      {permissions.length === 0 ? (
        <p className="field-error" role="alert">
          {noRights}
        </p>
      ) : null}
    </FormDialog>
  );
}
