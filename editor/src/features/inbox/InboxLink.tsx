import { Inbox } from 'lucide-react';
import type { ReactElement } from 'react';
import { RailLabel } from '../../ui/navigation/RailLabel.js';
import { Link } from '../../ui/navigation/Link.js';
import { useRequests } from './use-requests.js';

/** A link to the inbox with the number of open requests. */
export function InboxLink({ isCurrent }: { readonly isCurrent: boolean }): ReactElement {
  const { requests = [] } = useRequests();
  const count = requests.length;
  const isBreakpoints = count > 0 && requests.every(({ isBreakpoint }) => isBreakpoint === true);
  const waiting = count === 0 ? '' : `, ${count} ${count === 1 ? 'open request' : 'open requests'}`;
  return (
    <Link
      href="/inbox"
      className="rail-item"
      aria-current={isCurrent ? 'page' : undefined}
      aria-label={`Inbox${waiting}`}
      data-tip={`Inbox: runs that wait ${isBreakpoints ? 'at a breakpoint' : 'for human input'}${waiting}`}
    >
      <Inbox size={18} strokeWidth={1.75} aria-hidden />
      <RailLabel>Inbox</RailLabel>
      {count === 0 ? null : (
        <span className="rail-count" aria-hidden>
          {count > 99 ? '99+' : count}
        </span>
      )}
    </Link>
  );
}
