import { Inbox } from 'lucide-react';
import type { ReactElement } from 'react';
import { Link } from '../pages/Link.js';
import { useAsks } from '../pages/runs/use-asks.js';

/** The way to the inbox, with how many questions wait there. */
export function InboxLink({ isCurrent }: { readonly isCurrent: boolean }): ReactElement {
  const count = useAsks().asks?.length ?? 0;
  const waiting = count === 0 ? '' : `, ${count} ${count === 1 ? 'question waits' : 'questions wait'}`;
  return (
    <Link
      href="/inbox"
      className="rail-item"
      aria-current={isCurrent ? 'page' : undefined}
      aria-label={`Inbox${waiting}`}
      title={`Inbox: runs that wait for an answer${waiting}`}
    >
      <Inbox size={18} strokeWidth={1.75} aria-hidden />
      {count === 0 ? null : (
        <span className="rail-count" aria-hidden>
          {count > 99 ? '99+' : count}
        </span>
      )}
    </Link>
  );
}
