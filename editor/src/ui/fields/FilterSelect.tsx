import clsx from 'clsx';
import type { ReactElement } from 'react';

/** A select field that filters a list. Its first option has an empty value and shows everything. */
export function FilterSelect<Value extends string>({
  label,
  everything,
  choices,
  value,
  className,
  onChange,
}: {
  readonly label: string;
  /** The caption of the first option, such as `Any workflow`. */
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
        {choices.map(([choice, text]) => (
          <option key={choice} value={choice}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
