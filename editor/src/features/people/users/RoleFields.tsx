import { Role } from '@heddle/core';
import type { ReactElement } from 'react';
import { roleWords } from './role-words.js';

/** Roles as checkboxes; a user with several roles has the rights of all of them. */
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
    <fieldset className="choices">
      <legend className="field-label">{legend}</legend>
      {Role.options.map((role) => (
        <label key={role} className="choice">
          <input
            type="checkbox"
            checked={roles.includes(role)}
            onChange={(event) =>
              onChange(event.target.checked ? [...roles, role] : roles.filter((held) => held !== role))
            }
          />
          <span>
            <strong>{role}</strong> <span className="quiet">{roleWords[role]}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
