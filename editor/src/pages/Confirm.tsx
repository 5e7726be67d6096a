import clsx from 'clsx';
import type { ReactElement, ReactNode } from 'react';
import { Notice } from '../frame/Notice.js';
import { Dialog } from '../palette/Dialog.js';
import { useAction } from './use-action.js';

export interface ConfirmProps {
  readonly title: string;
  /** What will be gone. */
  readonly children: ReactNode;
  readonly verb: string;
  /** What the other button says. */
  readonly back?: string;
  /** It can be taken back: the button does not warn. */
  readonly isHarmless?: boolean;
  /** Something has to be put right first. */
  readonly isHeld?: boolean;
  /** What is done then, with its own end of the question; a failure is shown and the question stays. */
  readonly onConfirm: () => Promise<void> | void;
  readonly onClose: () => void;
}

/** Asks before something is gone for good, and does it. */
export function Confirm({
  title,
  children,
  verb,
  back = 'Cancel',
  isHarmless = false,
  isHeld = false,
  onConfirm,
  onClose,
}: ConfirmProps): ReactElement {
  const action = useAction();
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="dialog-form">
        <div>{children}</div>
        {action.error === undefined ? null : <Notice error={action.error} />}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {back}
          </button>
          <button
            type="button"
            className={clsx('button', isHarmless ? 'button-primary' : 'button-danger')}
            disabled={action.isBusy || isHeld}
            onClick={() => action.run(async () => onConfirm())}
          >
            {verb}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
