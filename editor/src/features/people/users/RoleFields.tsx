import { Role } from '@heddle/core';
import type { ReactElement } from 'react';
import { roleText } from './role-text.js';
import { CheckField } from '../../../ui/fields/CheckField.js';

/** Roles as checkboxes. A user with several roles has the permissions of all of them. */
export function RoleFields({
  legend,
  roles,
  onChange,
}: {
  readonly legend: string;
  readonly roles: readonly Role[];
  readonly onChange: (roles: readonly Role[]) => void;
}): ReactElement {
  return (
    <CheckField
      title={legend}
      value={roles}
      choices={Role.options.map((role) => [
        role,
        <>
          <strong>{role}</strong> <span className="quiet">{roleText[role]}</span>
        </>,
      ])}
      onChange={onChange}
    />
  );
}
