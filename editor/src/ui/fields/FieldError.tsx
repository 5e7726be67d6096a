import type { ReactElement } from 'react';

/** The error of a field or form. Renders nothing if there is none. */
export function FieldError({
  id,
  text,
}: {
  readonly id?: string;
  readonly text: string | undefined;
}): ReactElement | null {
  if (text === undefined) return null;
  return (
    <p id={id} className="field-error" role="alert">
      {text}
    </p>
  );
}
