import { Check, Copy } from 'lucide-react';
import { useState, type ReactElement } from 'react';

/** A line of text with a button that copies it. */
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
    <div className="copy-text boxed aligned">
      <code className="mono">{text}</code>
      <CopyButton text={text} what={what} {...(onCopied === undefined ? {} : { onCopied })} />
    </div>
  );
}

/** A button that copies a text and shows whether it succeeded. */
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
        {state === 'copied' ? 'Copied' : state === 'off' ? 'Select the text: no clipboard access' : 'Copy'}
      </span>
      <span className="visually-hidden"> {what}</span>
    </button>
  );
}
