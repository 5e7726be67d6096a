import type { ReactElement, ReactNode } from 'react';
import { Notice } from '../states/Notice.js';
import { Dialog } from './Dialog.js';
import { useAction, type Action } from '../../data/queries/use-action.js';

interface FormDialogProps {
  readonly title: string;
  readonly verb: string;
  /** The caption of the submit button while the form is submitted. Default: the verb. */
  readonly busyVerb?: string;
  /** The state of the submission, if a caller shows it or has more actions. Default: an own one. */
  readonly action?: Action;
  /** Whether a required value is missing. The submit button is then disabled. */
  readonly isDisabled?: boolean;
  readonly isWide?: boolean;
  /** Whether the fields show their errors themselves. */
  readonly hasOwnChecks?: boolean;
  readonly onSubmit: () => Promise<void>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A form in a dialog, with an error message and buttons to cancel and submit. */
export function FormDialog({
  title,
  verb,
  busyVerb = verb,
  action: given,
  isDisabled = false,
  isWide = false,
  hasOwnChecks = false,
  onSubmit,
  onClose,
  children,
}: FormDialogProps): ReactElement {
  const own = useAction();
  const action = given ?? own;
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
          <button type="submit" className="button button-primary" disabled={action.isBusy || isDisabled}>
            {action.isBusy ? busyVerb : verb}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
