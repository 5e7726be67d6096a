import type { ReactElement, ReactNode } from 'react';
import { CopyText } from '../../ui/buttons/CopyText.js';
import { Dialog } from '../../ui/dialogs/Dialog.js';

/** A new secret, which is shown only once. */
export function SecretShown({
  title,
  address,
  secret,
  children,
  onClose,
}: {
  readonly title: string;
  readonly address?: string;
  readonly secret: string;
  readonly children: ReactNode;
  readonly onClose: () => void;
}): ReactElement {
  return (
    <Dialog title={title} isShownOnce onClose={onClose}>
      <div className="dialog-form dialog-wide">
        {address === undefined ? null : (
          <div className="field">
            <span className="field-label">Address</span>
            <CopyText text={address} what="the address" />
          </div>
        )}
        <div className="field">
          <span className="field-label">Secret</span>
          <CopyText text={secret} what="the secret" />
          <p className="field-help">
            The secret is shown only once and stored encrypted. Copy it now to the program that signs or verifies
            messages.
          </p>
        </div>
        {children}
        <div className="dialog-actions">
          <button type="button" className="button button-primary" onClick={onClose}>
            Done
          </button>
        </div>
      </div>
    </Dialog>
  );
}
