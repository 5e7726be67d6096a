import type { CreatedShareReply } from '@heddle/core';
import type { ReactElement } from 'react';
import { CopyText } from '../../../frame/CopyText.js';
import { Dialog } from '../../../palette/Dialog.js';
import { embedSnippet } from './share-form.js';

/** A link that was just made, with what to paste into a page; its token is shown this once. */
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
        <p>Copy it now: it is shown this once, and only its hash is kept.</p>
        <CopyText text={address} what="the link" />
        {share.origins.length === 0 ? null : (
          <>
            <p>To show it in pages of {share.origins.join(', ')}, paste this into them:</p>
            <CopyText text={embedSnippet(origin, share, share.token)} what="the snippet" />
            <p className="quiet">Or a frame of your own:</p>
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
            I have it
          </button>
        </div>
      </div>
    </Dialog>
  );
}
