import { Check, Copy } from 'lucide-react';
import { useState, type ReactElement } from 'react';

/** A line to copy: the text, and a button that says whether it worked. */
export function CopyText({
  text,
  what,
  onCopied,
}: {
  readonly text: string;
  readonly what: string;
  readonly onCopied?: () => void;
}): ReactElement {
  return (
    <div className="copy-text">
      <code className="mono">{text}</code>
      <CopyButton text={text} what={what} {...(onCopied === undefined ? {} : { onCopied })} />
    </div>
  );
}

/** Copies a text. */
export function CopyButton({
  text,
  what,
  onCopied,
}: {
  readonly text: string;
  readonly what: string;
  readonly onCopied?: () => void;
}): ReactElement {
  const [state, setState] = useState<'idle' | 'copied' | 'off'>('idle');
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => {
        setState('copied');
        onCopied?.();
      },
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
