import type { CreatedShareReply } from '@heddle/core';
import type { ReactElement } from 'react';
import { CopyText } from '../../ui/buttons/CopyText.js';
import { Dialog } from '../../ui/dialogs/Dialog.js';
import { embedSnippet } from './share-form.js';

/** A new share link with its embed code. Its token is shown only once. */
export function MadeShare({
  share,
  onClose,
}: {
  readonly share: CreatedShareReply;
  readonly onClose: () => void;
}): ReactElement {
  const { origin } = window.location;
  const address = `${origin}${share.path}`;
  return (
    <Dialog title={`The link “${share.name}”`} isShownOnce onClose={onClose}>
      <div className="dialog-form">
        <p>Copy the link now. It is shown only once; Heddle keeps only its hash.</p>
        <CopyText text={address} what="the link" />
        {share.origins.length === 0 ? null : (
          <>
            <p>To embed it in pages of {share.origins.join(', ')}, paste this into them:</p>
            <CopyText text={embedSnippet(origin, share, share.token)} what="the snippet" />
            <p className="quiet">Or use your own frame:</p>
            <CopyText
              text={`<iframe src="${address}?embed=1" title="${share.kind === 'chat' ? 'Chat' : 'Form'}"></iframe>`}
              what="the frame"
            />
          </>
        )}
        <div className="dialog-actions">
          <a className="button" href={share.path} target="_blank" rel="noreferrer">
            Preview
          </a>
          <button type="button" className="button button-primary" onClick={onClose}>
            Done
          </button>
        </div>
      </div>
    </Dialog>
  );
}
