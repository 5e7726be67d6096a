import type { ReactElement } from 'react';

/**
 * A small button in a row or card. For screen readers, it also names the item.
 *
 * @example <RowButton title="Erase" what={session} run={() => onErase(conversation)} />
 */
export function RowButton({
  title,
  what,
  isOff = false,
  isDanger = false,
  run,
}: {
  readonly title: string;
  readonly what: string;
  readonly isOff?: boolean;
  readonly isDanger?: boolean;
  readonly run: () => void;
}): ReactElement {
  return (
    <button
      type="button"
      className={isDanger ? 'button button-small failed-text' : 'button button-small'}
      disabled={isOff}
      onClick={run}
    >
      {title}
      <span className="visually-hidden"> {what}</span>
    </button>
  );
}
