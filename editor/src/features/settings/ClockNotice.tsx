import type { ClockReply } from '@heddle/core';
import type { ReactElement } from 'react';
import { useMay } from '../../data/access/me-store.js';
import { client } from '../../data/api/client.js';
import { Notice } from '../../ui/states/Notice.js';
import { useAction } from '../../data/queries/use-action.js';

/** A warning that the clock of the machine may be wrong. Users with the permission can confirm that it is right. */
export function ClockNotice({
  clock,
  onConfirmed,
}: {
  readonly clock: ClockReply | undefined;
  readonly onConfirmed: () => void;
}): ReactElement | null {
  const mayConfirm = useMay('clock:confirm');
  const action = useAction();
  if (clock?.message === undefined) return null;
  return (
    <div className="failure" role="status">
      <p className="failure-title">The clock of this machine may be wrong</p>
      <p>{clock.message}</p>
      {mayConfirm ? (
        <button
          type="button"
          className="button"
          disabled={action.isBusy}
          onClick={() => action.run(() => client.POST('/api/clock/confirm').then(onConfirmed))}
        >
          The clock is correct
        </button>
      ) : null}
      {action.error === undefined ? null : <Notice error={action.error} />}
    </div>
  );
}
