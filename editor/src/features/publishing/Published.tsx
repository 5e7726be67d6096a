import type { WorkflowVersion } from '@heddle/core';
import type { ReactElement } from 'react';
import { CopyText } from '../../ui/buttons/CopyText.js';
import { Link } from '../../ui/navigation/Link.js';
import { apiPath, versionsPath } from '../../ui/navigation/route.js';
import { Dialog } from '../../ui/dialogs/Dialog.js';
import type { PublishChoice } from './publish-plan.js';

/** Shown after publishing: the address, and the next steps. */
export function Published({
  version: { version },
  slug,
  choice: { rollout, share },
  onClose,
}: {
  readonly version: WorkflowVersion;
  readonly slug: string;
  readonly choice: PublishChoice;
  readonly onClose: () => void;
}): ReactElement {
  const address = `${window.location.origin}/v1/workflows/${slug}`;
  return (
    <Dialog
      title={
        rollout === 'all'
          ? `Version ${version} is live`
          : rollout === 'share'
            ? `Version ${version} goes to ${share}% of callers`
            : `Version ${version} is published but not live`
      }
      onClose={onClose}
    >
      <div className="dialog-form">
        <p>
          {rollout === 'nobody'
            ? `Call it with the header Heddle-Version: ${version}.`
            : 'Call it with an API key at this address:'}
        </p>
        <CopyText text={address} what="the address" />
        <div className="dialog-actions">
          <Link href={versionsPath(slug)} className="button">
            View versions
          </Link>
          <Link href={apiPath(slug)} className="button button-primary">
            Try it and get code
          </Link>
        </div>
      </div>
    </Dialog>
  );
}
