import { useState, type ReactElement } from 'react';

/** A name that is edited in place. A field that is empty while the user types does not store an empty name. */
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
