import clsx from 'clsx';
import type { ReactElement } from 'react';

/**
 * A few options beside each other, with one selected.
 *
 * @example <SegmentedControl label="State" choices={[['all', 'All'], ['failed', 'Failed']]} value={state} onChange={setState} />
 */
export function SegmentedControl<Value extends string | number | boolean | undefined>({
  label,
  choices,
  value,
  className,
  onChange,
}: {
  readonly label: string;
  readonly choices: readonly (readonly [Value, string])[];
  readonly value: Value;
  readonly className?: string;
  readonly onChange: (value: Value) => void;
}): ReactElement {
  return (
    <div className={clsx('panel-switch', className)} role="group" aria-label={label}>
      {choices.map(([choice, text]) => (
        <button key={text} type="button" aria-pressed={choice === value} onClick={() => onChange(choice)}>
          {text}
        </button>
      ))}
    </div>
  );
}
