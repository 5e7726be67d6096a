import type { ReactElement } from 'react';
import { textsOf } from './template-fields.js';

/** The template of each input, on one line. */
export function Templates({ inputs }: { readonly inputs: Readonly<Record<string, unknown>> }): ReactElement {
  const texts = Object.entries(textsOf(inputs));
  if (texts.length === 0) return <>none</>;
  return (
    <>
      {texts.map(([name, text]) => (
        <span key={name}>
          {name} ← <code>{text}</code>
        </span>
      ))}
    </>
  );
}
