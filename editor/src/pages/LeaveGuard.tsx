import { useEffect, useState, type ReactElement } from 'react';
import { Confirm } from './Confirm.js';
import { guardLeaving, type Leave } from './leave-guard.js';

/** Asks whoever leaves changed work, by a link, by the back button, or for another piece of the same page. The browser asks who closes it. */
export function LeaveGuard({
  isChanged,
  what,
  title = `Discard the changes of this ${what}?`,
  lost = 'They are not saved.',
  verb = 'Discard changes',
  back = 'Keep editing',
}: {
  readonly isChanged: boolean;
  /** What has changed, such as `test`. */
  readonly what: string;
  /** Other words, where it is not changes that would be lost. */
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
