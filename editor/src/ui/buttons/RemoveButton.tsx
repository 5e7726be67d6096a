import { Trash2 } from 'lucide-react';
import type { ReactElement } from 'react';

/**
 * An icon button that removes or deletes an item. `label` names the item for screen readers; `tip` is the tooltip.
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
