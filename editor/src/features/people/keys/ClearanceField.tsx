import type { LabelLevel, Permission } from '@heddle/core';
import type { ReactElement } from 'react';
import { SelectField } from '../../../ui/fields/FormFields.js';
import { levelChoices } from '../../../ui/format/level-choices.js';

/** A field for the highest label that a key with the permission to build may read. Other keys have no clearance. */
export function ClearanceField({
  rights,
  clearance,
  onChange,
}: {
  readonly rights: readonly Permission[];
  readonly clearance: LabelLevel;
  readonly onChange: (clearance: LabelLevel) => void;
}): ReactElement | null {
  if (!rights.includes('workflow:build')) return null;
  return (
    <SelectField
      title="Clearance while it builds"
      help="The program gets no value with a higher label; it gets a synthetic one instead."
      value={clearance}
      choices={levelChoices}
      onChange={onChange}
    />
  );
}
