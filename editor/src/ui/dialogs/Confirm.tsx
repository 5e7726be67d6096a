import clsx from 'clsx';
import type { ReactElement, ReactNode } from 'react';
import { Notice } from '../states/Notice.js';
import { Dialog } from './Dialog.js';
import { useAction } from '../../data/queries/use-action.js';

interface ConfirmProps {
  readonly title: string;
  /** What the action deletes or changes. */
  readonly children: ReactNode;
  readonly verb: string;
  /** The caption of the button that cancels. Default: Cancel. */
  readonly back?: string;
  /** Whether the action can be undone. The button then shows no warning. */
  readonly isHarmless?: boolean;
  /** Whether something must be corrected first. The button is then disabled. */
  readonly isDisabled?: boolean;
  /** Runs the action. If it fails, the dialog stays open and shows the error. */
  readonly onConfirm: () => Promise<void> | void;
  readonly onClose: () => void;
}

/** Asks for a confirmation before an action, and runs it. */
export function Confirm({
  title,
  children,
  verb,
  back = 'Cancel',
  isHarmless = false,
  isDisabled = false,
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
            disabled={action.isBusy || isDisabled}
            onClick={() => action.run(async () => onConfirm())}
          >
            {verb}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
