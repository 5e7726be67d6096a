import type { Permission } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { offeredRights } from './key-form.js';
import { CheckField } from '../../../ui/fields/CheckField.js';

/** The permissions of a key as checkboxes. */
export function RightFields({
  rights,
  onChange,
}: {
  readonly rights: readonly Permission[];
  readonly onChange: (rights: readonly Permission[]) => void;
}): ReactElement {
  // A permission that the key had stays in the list after the user clears it.
  const [offered] = useState(() => offeredRights(rights));
  return (
    <CheckField
      title="Rights"
      isTitleHidden
      value={rights}
      choices={offered.map(([right, text]) => [
        right,
        <>
          {text} <span className="quiet mono">{right}</span>
        </>,
      ])}
      onChange={onChange}
    />
  );
}
