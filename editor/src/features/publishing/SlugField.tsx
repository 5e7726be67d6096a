import type { ReactElement } from 'react';

/** The slug of a workflow, chosen with the first version and then fixed. */
export function SlugField({
  slug,
  onChange,
}: {
  readonly slug: string;
  readonly onChange: (slug: string) => void;
}): ReactElement {
  return (
    <label className="field">
      <span className="field-label">Slug</span>
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
        Address: <span className="mono">/v1/workflows/{slug}</span>. It cannot be changed later.
      </span>
    </label>
  );
}
