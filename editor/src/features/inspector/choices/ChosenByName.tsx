import type { ReactElement, ReactNode } from 'react';
import { Combobox, type ComboboxItem } from '../../../ui/fields/Combobox.js';
import type { FieldProps, InputShared } from '../../../ui/schema-form/field-props.js';

type Props = FieldProps<'text'> & InputShared;

/** A field for a name that is chosen from a list. */
export function ChosenByName({
  field,
  value,
  items,
  empty,
  isReadOnly,
  onChange,
  id,
  describedBy,
  isInvalid,
}: Props & { readonly items: readonly ComboboxItem[]; readonly empty: ReactNode }): ReactElement {
  const standard = typeof field.standard === 'string' && field.standard !== '' ? field.standard : undefined;
  return (
    <Combobox
      id={id}
      value={typeof value === 'string' ? value : ''}
      items={items}
      placeholder={standard ?? 'Select'}
      empty={empty}
      isReadOnly={isReadOnly}
      isInvalid={isInvalid}
      describedBy={describedBy}
      onChange={onChange}
    />
  );
}
