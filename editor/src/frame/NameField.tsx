import { useState, type ReactElement } from 'react';

/** A name that is changed where it stands. It is never empty: an empty field is what is being typed, not what it is called. */
export function NameField({
  label,
  name,
  onChange,
}: {
  readonly label: string;
  readonly name: string;
  readonly onChange: (name: string) => void;
}): ReactElement {
  const [typed, setTyped] = useState<string>();
  return (
    <input
      aria-label={label}
      value={typed ?? name}
      maxLength={200}
      spellCheck={false}
      onChange={(event) => {
        const next = event.target.value;
        setTyped(next);
        if (next.trim() !== '') onChange(next.trim());
      }}
      onBlur={() => setTyped(undefined)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur();
      }}
    />
  );
}
