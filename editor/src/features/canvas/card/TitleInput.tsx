import clsx from 'clsx';
import { useLayoutEffect, useRef, type ReactElement } from 'react';
import { focusCanvas } from '../../../ui/keyboard/move-focus.js';
import styles from './card.module.css';

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onSave: (title: string) => void;
  readonly onEnd: () => void;
}

/** An editable title. Enter and blur save it, Escape reverts it. */
export function TitleInput({ label, value, onSave, onEnd }: Props): ReactElement {
  const isEnded = useRef(false);
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => focusOnceSeen(input.current), []);
  const end = (title?: string): void => {
    if (isEnded.current) return;
    isEnded.current = true;
    if (title !== undefined && title !== value) onSave(title);
    onEnd();
  };
  return (
    <input
      ref={input}
      className={clsx(styles['title-input'], 'fills nodrag nopan')}
      aria-label={label}
      defaultValue={value}
      maxLength={200}
      onFocus={(event) => event.target.select()}
      onBlur={(event) => end(event.target.value)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter') end(event.currentTarget.value);
        if (event.key === 'Escape') end();
        if (event.key === 'Enter' || event.key === 'Escape') focusCanvas();
      }}
    />
  );
}

/**
 * React Flow hides a new node until it is measured, and hidden elements cannot be focused. This tries again on each frame until it works.
 */
function focusOnceSeen(input: HTMLInputElement | null): () => void {
  let frame = 0;
  const tryIt = (): void => {
    input?.focus();
    if (input?.isConnected === true && document.activeElement !== input) frame = requestAnimationFrame(tryIt);
  };
  tryIt();
  return () => cancelAnimationFrame(frame);
}
