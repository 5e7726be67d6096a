import type { ReactElement, ReactNode } from 'react';
import { Notice } from '../states/Notice.js';
import { Dialog } from './Dialog.js';
import type { Action } from '../../data/queries/use-action.js';

interface FormDialogProps {
  readonly title: string;
  /** The caption of the submit button. */
  readonly verb: string;
  readonly action: Action;
  /** A required value is missing. */
  readonly isPaused?: boolean;
  readonly isWide?: boolean;
  /** The fields show their own errors. */
  readonly hasOwnChecks?: boolean;
  readonly onSubmit: () => Promise<void>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A form in a dialog: fields, error, cancel and submit. */
export function FormDialog({
  title,
  verb,
  action,
  isPaused = false,
  isWide = false,
  hasOwnChecks = false,
  onSubmit,
  onClose,
  children,
}: FormDialogProps): ReactElement {
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        className={isWide ? 'dialog-form dialog-wide' : 'dialog-form'}
        noValidate={hasOwnChecks}
        onSubmit={(event) => {
          event.preventDefault();
          action.run(onSubmit);
        }}
      >
        {children}
        {action.error === undefined ? null : <Notice error={action.error} />}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button button-primary" disabled={action.isBusy || isPaused}>
            {verb}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
