import clsx from 'clsx';
import type { ReactElement } from 'react';

/** A list of choices that narrows what is listed below it; the first is everything, with the empty value. */
export function FilterSelect<Value extends string>({
  label,
  everything,
  choices,
  value,
  className,
  onChange,
}: {
  readonly label: string;
  /** The words of no filter, such as `Any workflow`. */
  readonly everything: string;
  readonly choices: readonly (readonly [Value, string])[];
  readonly value: Value | '';
  readonly className?: string;
  readonly onChange: (value: Value | '') => void;
}): ReactElement {
  return (
    <label className={clsx('field', className)}>
      <span className="visually-hidden">{label}</span>
      <select
        value={value}
        onChange={(event) => onChange(choices.find(([choice]) => choice === event.target.value)?.[0] ?? '')}
      >
        <option value="">{everything}</option>
        {choices.map(([choice, words]) => (
          <option key={choice} value={choice}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}
