import type { ReactElement, ReactNode } from 'react';

/** A list of checkboxes. The value contains the checked choices. */
export function CheckList<Value extends string>({
  value,
  choices,
  onChange,
}: {
  readonly value: readonly Value[];
  /** The values with their captions. */
  readonly choices: readonly (readonly [Value, ReactNode])[];
  readonly onChange: (value: readonly Value[]) => void;
}): ReactElement {
  return (
    <>
      {choices.map(([choice, caption]) => (
        <label key={choice} className="choice">
          <input
            type="checkbox"
            checked={value.includes(choice)}
            onChange={({ target }) =>
              onChange(target.checked ? [...value, choice] : value.filter((other) => other !== choice))
            }
          />
          <span>{caption}</span>
        </label>
      ))}
    </>
  );
}
