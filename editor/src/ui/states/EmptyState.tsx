import type { LucideIcon } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';

/**
 * The empty state of a list: a picture, what the list is for, the first action, and an example to look at.
 *
 * @example <EmptyState Icon={KeyRound} action={<button className="button">New key</button>}>No keys yet. A key …</EmptyState>
 */
export function EmptyState({
  Icon,
  action,
  example,
  children,
}: {
  /** The icon of the items that the list holds. */
  readonly Icon: LucideIcon;
  readonly action?: ReactNode;
  /** A link or button that shows a list with content. */
  readonly example?: ReactNode;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <div className="empty-state">
      <svg className="empty-picture" viewBox="0 0 132 72" width="132" height="72" aria-hidden>
        {/* Edges to and from an empty node that stands for the missing item. */}
        <path d="M2 14C28 14 24 36 44 36M2 36h42M2 58C28 58 24 36 44 36" />
        <path d="M88 36C108 36 104 14 130 14M88 36h42M88 36C108 36 104 58 130 58" strokeDasharray="1 5" />
        <rect x="44" y="14" width="44" height="44" rx="8" />
        <Icon x="55" y="25" size={22} strokeWidth={1.6} />
      </svg>
      <p>{children}</p>
      {action === undefined && example === undefined ? null : (
        <div className="aligned-wrapped empty-actions">
          {action}
          {example}
        </div>
      )}
    </div>
  );
}
