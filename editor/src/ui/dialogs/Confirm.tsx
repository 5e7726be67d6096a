import clsx from 'clsx';
import type { ReactElement, ReactNode } from 'react';
import { Notice } from '../states/Notice.js';
import { Dialog } from './Dialog.js';
import { useAction } from '../../data/queries/use-action.js';

interface ConfirmProps {
  readonly title: string;
  /** What will be deleted. */
  readonly children: ReactNode;
  readonly verb: string;
  /** The caption of the confirm button. */
  readonly back?: string;
  /** The action can be undone: the button does not warn. */
  readonly isHarmless?: boolean;
  /** Something must be corrected first. */
  readonly isPaused?: boolean;
  /** Runs the action. A failure is shown in the dialog, which stays open. */
  readonly onConfirm: () => Promise<void> | void;
  readonly onClose: () => void;
}

/** Asks for confirmation before a permanent action, and runs it. */
export function Confirm({
  title,
  children,
  verb,
  back = 'Cancel',
  isHarmless = false,
  isPaused = false,
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
            disabled={action.isBusy || isPaused}
            onClick={() => action.run(async () => onConfirm())}
          >
            {verb}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
