import type { ReactElement, ReactNode } from 'react';
import { Notice } from '../frame/Notice.js';
import { Dialog } from '../palette/Dialog.js';
import type { Action } from './use-action.js';

export interface ConfirmProps {
  readonly title: string;
  /** What will be gone. */
  readonly children: ReactNode;
  readonly verb: string;
  readonly action: Action;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something is gone for good. */
export function Confirm({ title, children, verb, action, onConfirm, onClose }: ConfirmProps): ReactElement {
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="dialog-form">
        <div>{children}</div>
        {action.error === undefined ? null : <Notice error={action.error} />}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose} autoFocus>
            Cancel
          </button>
          <button type="button" className="button button-danger" disabled={action.isBusy} onClick={onConfirm}>
            {verb}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
