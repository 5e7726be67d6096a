import type { ClockReply } from '@heddle/core';
import type { ReactElement } from 'react';
import { useMay } from '../../access/me-store.js';
import { portfolio } from '../../api/portfolio.js';
import { Notice } from '../../frame/Notice.js';
import { useAction } from '../use-action.js';

/** The clock of the machine is in doubt: what that means, and a button for who may say that it is right. */
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
      <p className="failure-title">The clock of this machine is in doubt</p>
      <p>{clock.message}</p>
      {mayConfirm ? (
        <button
          type="button"
          className="button"
          disabled={action.isBusy}
          onClick={() => action.run(() => portfolio.confirmClock().then(onConfirmed))}
        >
          The clock is right
        </button>
      ) : null}
      {action.error === undefined ? null : <Notice error={action.error} />}
    </div>
  );
}
