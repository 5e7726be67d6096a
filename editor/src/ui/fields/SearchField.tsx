import clsx from 'clsx';
import type { ReactElement } from 'react';

/** A search field for a list below it. The label is for screen readers; the placeholder says what is searched. */
export function SearchField({
  label,
  placeholder = 'Search',
  className,
  value,
  onChange,
}: {
  readonly label: string;
  readonly placeholder?: string;
  readonly className?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactElement {
  return (
    <label className={clsx('field', className)}>
      <span className="visually-hidden">{label}</span>
      <input type="search" placeholder={placeholder} value={value} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}
