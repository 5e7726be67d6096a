import { Check, Copy } from 'lucide-react';
import { useState, type ReactElement } from 'react';

/** A line to copy: the text, and a button that says whether it worked. */
export function CopyText({ text, what }: { readonly text: string; readonly what: string }): ReactElement {
  return (
    <div className="copy-text">
      <code className="mono">{text}</code>
      <CopyButton text={text} what={what} />
    </div>
  );
}

/** Copies a text. */
export function CopyButton({ text, what }: { readonly text: string; readonly what: string }): ReactElement {
  const [state, setState] = useState<'idle' | 'copied' | 'off'>('idle');
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setState('copied'),
      () => setState('off'),
    );
  };
  return (
    <button type="button" className="button button-small" onClick={copy}>
      {state === 'copied' ? <Check size={13} aria-hidden /> : <Copy size={13} aria-hidden />}
      <span aria-live="polite">
        {state === 'copied' ? 'Copied' : state === 'off' ? 'Select it: the clipboard is off' : 'Copy'}
      </span>
      <span className="visually-hidden"> {what}</span>
    </button>
  );
}
