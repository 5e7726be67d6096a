import type { ReactElement } from 'react';
import { CheckList } from '../fields/CheckList.js';
import type { FieldProps, InputShared } from './field-props.js';

/** A list whose items come from a few choices: a checkbox for each choice, with an example where the schema has one. */
export function ChecksInput({ field, value, isReadOnly, onChange }: FieldProps<'list'> & InputShared): ReactElement {
  const held = (Array.isArray(value) ? value : Array.isArray(field.standard) ? field.standard : []).filter(
    (entry): entry is string => typeof entry === 'string',
  );
  const options = field.item.kind === 'choice' ? field.item.options : [];
  const known = options.map((option) => option.value);
  // A value that is not among the choices, for example from another version, stays until a person removes it.
  const others = held.filter((entry) => !known.includes(entry));
  return (
    <fieldset className="checks-field" disabled={isReadOnly}>
      <CheckList
        value={held}
        choices={[
          ...options.map(
            ({ value: choice, label, example }) =>
              [
                choice,
                <>
                  {label}
                  {example === undefined ? null : <span className="quiet mono"> {example}</span>}
                </>,
              ] as const,
          ),
          ...others.map((other) => [other, other] as const),
        ]}
        // In the order of the choices, so that the document does not depend on the order of the clicks.
        onChange={(next) => onChange([...known, ...others].filter((choice) => next.includes(choice)))}
      />
    </fieldset>
  );
}
