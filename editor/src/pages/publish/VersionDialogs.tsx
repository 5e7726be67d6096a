import type { LivePointer, WorkflowReply, WorkflowVersion } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { api } from '../../api/api.js';
import { publishing } from '../../api/publishing.js';
import { closeDocument } from '../../document/document-store.js';
import { showVersions } from '../../publish/versions-store.js';
import { useSession } from '../../session.js';
import { say } from '../../view/view-store.js';
import { Confirm } from '../Confirm.js';

/** What is asked before it is done. */
export type VersionDialog =
  | { readonly kind: 'live' | 'canary' | 'uncanary' | 'restore'; readonly version: WorkflowVersion }
  | { readonly kind: 'off' };

const isShare = (percent: number): boolean => percent >= 1 && percent <= 100;

/** Asks before callers get something else, or before the draft is another one. */
export function VersionDialogs({
  dialog,
  workflow,
  live,
  onClose,
  onRestored,
}: {
  readonly dialog: VersionDialog;
  readonly workflow: WorkflowReply;
  readonly live: LivePointer | undefined;
  readonly onClose: () => void;
  readonly onRestored: () => void;
}): ReactElement {
  const { view, documents } = useSession();
  const [share, setShare] = useState(10);
  const { id } = workflow;
  const point = async (next: LivePointer | null, words: string): Promise<void> => {
    await showVersions(id, await publishing.setLive(id, next));
    say(view, words);
    onClose();
  };
  if (dialog.kind === 'off')
    return (
      <Confirm
        onClose={onClose}
        title="Take the workflow off the air?"
        verb="Unpublish"
        onConfirm={() => point(null, 'Nothing is live now')}
      >
        <p>
          Callers who name no version get the error not_published. Its versions stay, and any of them can be made live.
        </p>
      </Confirm>
    );
  const { version } = dialog.version;
  switch (dialog.kind) {
    case 'live': {
      const isBack = live !== undefined && version < live.version;
      return (
        <Confirm
          onClose={onClose}
          isHarmless
          title={isBack ? `Roll back to version ${version}?` : `Make version ${version} live?`}
          verb={isBack ? `Roll back to version ${version}` : `Make version ${version} live`}
          onConfirm={() => point({ version }, `Version ${version} is live`)}
        >
          <p>Callers get version {version} from now on. Runs that have begun keep their version.</p>
        </Confirm>
      );
    }
    case 'canary':
      return (
        <Confirm
          onClose={onClose}
          isHarmless
          title={`Give version ${version} to a share of the callers?`}
          verb={isShare(share) ? `Give it to ${share}%` : 'Give it to a share'}
          isHeld={!isShare(share)}
          onConfirm={async () => {
            if (live !== undefined)
              await point(
                { version: live.version, canary: { version, share: share / 100 } },
                `${share}% of the callers get version ${version}`,
              );
          }}
        >
          <label className="field">
            <span className="field-label">Share of the callers, in percent</span>
            <input
              type="number"
              min={1}
              max={100}
              value={Number.isNaN(share) ? '' : share}
              aria-invalid={!isShare(share)}
              onChange={(event) => setShare(event.target.valueAsNumber)}
            />
            {isShare(share) ? null : <span className="field-error">A number from 1 to 100.</span>}
            <span className="field-help">
              The same caller always gets the same version. The canary stops by itself after 20 runs if more than 10%
              failed.
            </span>
          </label>
        </Confirm>
      );
    case 'uncanary':
      return (
        <Confirm
          onClose={onClose}
          isHarmless
          title={`Stop the canary of version ${version}?`}
          verb="Stop canary"
          onConfirm={async () => {
            if (live !== undefined)
              await point({ version: live.version }, `Everybody gets version ${live.version} again`);
          }}
        >
          <p>Everybody gets version {live?.version} again.</p>
        </Confirm>
      );
    case 'restore':
      return (
        <Confirm
          onClose={onClose}
          title={`Make version ${version} the draft again?`}
          verb="Replace the draft"
          onConfirm={async () => {
            const { bundle } = await publishing.version(id, version);
            const { revision } = await api.workflow(id);
            await api.saveWorkflow(id, bundle.document, revision);
            if (documents.getState().id === id) closeDocument(documents);
            say(view, `The draft is version ${version} again`);
            onRestored();
            onClose();
          }}
        >
          <p>
            What is in the draft now and in no version is gone. Export it first to keep it. Callers notice nothing until
            you publish.
          </p>
        </Confirm>
      );
  }
}
