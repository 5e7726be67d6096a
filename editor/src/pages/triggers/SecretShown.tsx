import type { ReactElement, ReactNode } from 'react';
import { CopyText } from '../../frame/CopyText.js';
import { Dialog } from '../../palette/Dialog.js';

/** A secret, the one time that it is told. */
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
            It is shown this once and kept sealed. Copy it now to where messages are signed or checked.
          </p>
        </div>
        {children}
        <div className="dialog-actions">
          <button type="button" className="button button-primary" onClick={onClose}>
            I have it
          </button>
        </div>
      </div>
    </Dialog>
  );
}
