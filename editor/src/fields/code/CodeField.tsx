import { lazy, Suspense, type ReactElement } from 'react';
import type { CodeFieldProps } from './code-field.js';

const CodeEditor = lazy(() => import('./CodeEditor.js'));

/** A text editor for what has a syntax. Until it is loaded, the same text in a plain field, so that nobody waits to write. */
export function CodeField(props: CodeFieldProps): ReactElement {
  return (
    <Suspense fallback={<PlainField {...props} />}>
      <CodeEditor {...props} />
    </Suspense>
  );
}

function PlainField({ value, isReadOnly, isInvalid, labelledBy, describedBy, isSingleLine, placeholder, onChange }: CodeFieldProps): ReactElement {
  const lines = isSingleLine === true ? 1 : Math.min(14, Math.max(3, value.split('\n').length + 1));
  return <textarea className="mono" rows={lines} value={value} placeholder={placeholder} readOnly={isReadOnly} spellCheck={false} aria-labelledby={labelledBy} aria-describedby={describedBy} aria-invalid={isInvalid} onChange={(event) => onChange(event.target.value)} />;
}
