import { useLayoutEffect, useRef, type ReactElement } from 'react';
import { focusCanvas } from '../frame/move-focus.js';

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onSave: (title: string) => void;
  readonly onEnd: () => void;
}

/** A title, written where it stands: Enter and leaving it keep it, Escape leaves it as it was. */
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
      className="title-input nodrag nopan"
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

/** React Flow hides a new node until it is measured, and what is hidden takes no focus: tries at each frame until it does. */
function focusOnceSeen(input: HTMLInputElement | null): () => void {
  let frame = 0;
  const tryIt = (): void => {
    input?.focus();
    if (input?.isConnected === true && document.activeElement !== input) frame = requestAnimationFrame(tryIt);
  };
  tryIt();
  return () => cancelAnimationFrame(frame);
}
