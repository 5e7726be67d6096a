import { rolePermissions, type MemberReply } from '@heddle/core';
import { useMemo, type ReactElement } from 'react';
import { useProjectId } from '../../../data/access/project-store.js';
import { useGet } from '../../../data/queries/use-get.js';
import { Combobox, type ComboboxItem } from '../../../ui/fields/Combobox.js';
import type { FieldProps, InputShared } from '../../../ui/schema-form/field-props.js';

/** A field for a member who may answer requests in this project. It shows names and stores the e-mail address, which is unique. */
export function PersonInput({
  value,
  isReadOnly,
  onChange,
  id,
  describedBy,
  isInvalid,
}: FieldProps<'text'> & InputShared): ReactElement {
  const project = useProjectId();
  const { value: members, error } = useGet(
    '/api/projects/{id}/members',
    { params: { path: { id: project } } },
    ({ members }) => members,
  );
  const items = useMemo(() => (members ?? []).flatMap(personOf), [members]);
  const empty =
    error?.message ??
    (members === undefined
      ? 'Loading members…'
      : items.length === 0
        ? 'No member of this project may answer.'
        : 'No member has this name.');
  return (
    <Combobox
      id={id}
      value={typeof value === 'string' ? value : ''}
      items={items}
      placeholder={undefined}
      empty={empty}
      isReadOnly={isReadOnly}
      isInvalid={isInvalid}
      describedBy={describedBy}
      onChange={onChange}
    />
  );
}

/** A member as a choice; none for service accounts, which have no e-mail address, and for members whose roles may not answer. */
function personOf({ name, email, roles }: MemberReply): readonly ComboboxItem[] {
  if (email === undefined || !roles.some((role) => rolePermissions[role].has('human-input:answer'))) return [];
  return [{ value: email, title: name, detail: email, mark: roles.join(', ') }];
}
