import { lazy, Suspense, useRef, type ReactElement } from 'react';
import type { CodeFieldProps } from './code-field.js';

const CodeEditor = lazy(() => import('./CodeEditor.js'));

/** A text editor with syntax highlighting and completions. Until it is loaded, a plain field shows the same text and keeps the cursor. */
export function CodeField(props: CodeFieldProps): ReactElement {
  const cursor = useRef<number>(undefined);
  const keepCursor = (at: number | undefined): void => {
    cursor.current = at;
  };
  return (
    <Suspense fallback={<PlainField {...props} onCursor={keepCursor} />}>
      <CodeEditor {...props} startCursor={cursor} />
    </Suspense>
  );
}

interface PlainFieldProps extends CodeFieldProps {
  /** Called with the position of the cursor; undefined if the field does not have the focus. */
  readonly onCursor: (at: number | undefined) => void;
}

function PlainField({
  value,
  isReadOnly,
  isInvalid,
  labelledBy,
  describedBy,
  isSingleLine,
  placeholder,
  onChange,
  onCursor,
}: PlainFieldProps): ReactElement {
  const lines = isSingleLine === true ? 1 : Math.min(14, Math.max(3, value.split('\n').length + 1));
  return (
    <textarea
      className="mono"
      rows={lines}
      value={value}
      placeholder={placeholder}
      readOnly={isReadOnly}
      spellCheck={false}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      aria-invalid={isInvalid}
      onChange={(event) => onChange(event.target.value)}
      onSelect={(event) => onCursor(event.currentTarget.selectionEnd)}
      onFocus={(event) => onCursor(event.currentTarget.selectionEnd)}
      onBlur={() => onCursor(undefined)}
    />
  );
}
