import type { Permission } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { offeredRights } from './key-form.js';

/** The rights of a key as checkboxes. */
export function RightFields({
  rights,
  onChange,
}: {
  readonly rights: readonly Permission[];
  readonly onChange: (rights: readonly Permission[]) => void;
}): ReactElement {
  // A right that the key had stays in the list after it is cleared.
  const [offered] = useState(() => offeredRights(rights));
  return (
    <fieldset className="choices">
      <legend className="visually-hidden">Rights</legend>
      {offered.map(([right, words]) => (
        <label key={right} className="choice">
          <input
            type="checkbox"
            checked={rights.includes(right)}
            onChange={(event) =>
              onChange(event.target.checked ? [...rights, right] : rights.filter((held) => held !== right))
            }
          />
          <span>
            {words} <span className="quiet mono">{right}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
