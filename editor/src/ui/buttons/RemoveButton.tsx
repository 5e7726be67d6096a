import { Trash2 } from 'lucide-react';
import type { ReactElement } from 'react';

/**
 * A bin that removes or deletes one thing. `label` names the thing to screen readers, and `tip` is shown beside it.
 *
 * @example <RemoveButton label={`Remove ${name}`} onClick={onRemove} />
 */
export function RemoveButton({
  label,
  tip,
  isDisabled = false,
  onClick,
}: {
  readonly label: string;
  readonly tip?: string;
  readonly isDisabled?: boolean;
  readonly onClick: () => void;
}): ReactElement {
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      data-tip={tip}
      disabled={isDisabled}
      onClick={onClick}
    >
      <Trash2 size={15} aria-hidden />
    </button>
  );
}
