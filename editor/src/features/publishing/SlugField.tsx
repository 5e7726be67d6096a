import type { ReactElement } from 'react';
import { TextField } from '../../ui/fields/FormFields.js';

/** A field for the slug of a workflow. It is chosen with the first version and cannot be changed afterwards. */
export function SlugField({
  slug,
  onChange,
}: {
  readonly slug: string;
  readonly onChange: (slug: string) => void;
}): ReactElement {
  return (
    <TextField
      title="Slug"
      className="mono"
      isRequired
      maxLength={64}
      pattern="[a-z][a-z0-9\-]*"
      value={slug}
      help={
        <>
          Address: <span className="mono">/v1/workflows/{slug}</span>. Lower-case letters, digits and -, starting with a
          letter. It cannot be changed later.
        </>
      }
      onChange={onChange}
    />
  );
}
