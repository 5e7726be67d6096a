import { useEffect, useState, type ReactElement } from 'react';
import { Confirm } from './Confirm.js';
import { guardLeaving, type Leave } from '../navigation/leave-guard.js';

/**
 * Asks for a confirmation when the user leaves unsaved changes by a link, the back button, or another item of the same page. When the tab
 * is closed, the browser asks.
 */
export function LeaveGuard({
  isChanged,
  what,
  title = `Discard the changes to this ${what}?`,
  lost = 'The changes are not saved.',
  verb = 'Discard changes',
  back = 'Keep editing',
}: {
  readonly isChanged: boolean;
  /** What was changed, such as `test`. */
  readonly what: string;
  /** Replaces the texts if something other than changes would be lost. */
  readonly title?: string;
  readonly lost?: string;
  readonly verb?: string;
  readonly back?: string;
}): ReactElement | null {
  const [leave, setLeave] = useState<Leave>();
  useEffect(() => (isChanged ? guardLeaving((next) => setLeave(() => next)) : undefined), [isChanged]);
  if (leave === undefined) return null;
  return (
    <Confirm
      title={title}
      verb={verb}
      back={back}
      onClose={() => setLeave(undefined)}
      onConfirm={() => {
        setLeave(undefined);
        leave();
      }}
    >
      <p>{lost}</p>
    </Confirm>
  );
}
