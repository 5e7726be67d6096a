import type { ReactElement } from 'react';

/** What callers name the workflow by: chosen with the first version, and kept. */
export function SlugField({
  slug,
  onChange,
}: {
  readonly slug: string;
  readonly onChange: (slug: string) => void;
}): ReactElement {
  return (
    <label className="field">
      <span className="field-label">Name in its address</span>
      <input
        className="mono"
        required
        maxLength={64}
        pattern="[a-z][a-z0-9\-]*"
        title="Lower-case letters, digits and -, starting with a letter"
        spellCheck={false}
        value={slug}
        onChange={(event) => onChange(event.target.value)}
      />
      <span className="field-help">
        Callers reach it at <span className="mono">/v1/workflows/{slug}</span>. It stays from this version on.
      </span>
    </label>
  );
}
