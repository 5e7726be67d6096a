import { useEffect, useState, type ReactElement } from 'react';
import { Confirm } from './Confirm.js';
import { guardLeaving, type Leave } from '../navigation/leave-guard.js';

/**
 * Asks for confirmation when a person leaves unsaved changes by a link, by the back button, or for another item of the same page. The
 * browser itself asks when the tab is closed.
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
  /** The name of what was changed, such as `test`. */
  readonly what: string;
  /** Other texts, where something else than changes would be lost. */
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
