import type { ReactElement, ReactNode } from 'react';
import { Combobox, type ComboboxItem } from './Combobox.js';
import { Field, type FieldFrame } from './Field.js';

/** A combobox with its title, help and error. It suggests items but accepts any text. */
export function ComboboxField({
  value,
  items,
  placeholder,
  empty,
  isReadOnly = false,
  onChange,
  ...frame
}: FieldFrame & {
  readonly value: string;
  readonly items: readonly ComboboxItem[];
  readonly placeholder?: string;
  /** Shown if nothing matches. */
  readonly empty: ReactNode;
  readonly isReadOnly?: boolean;
  readonly onChange: (value: string) => void;
}): ReactElement {
  return (
    <Field {...frame}>
      {({ id, 'aria-invalid': isInvalid, 'aria-describedby': describedBy }) => (
        <Combobox {...{ id, value, items, placeholder, empty, isReadOnly, isInvalid, describedBy, onChange }} />
      )}
    </Field>
  );
}
