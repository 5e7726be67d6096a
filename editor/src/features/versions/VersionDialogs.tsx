import type { LivePointer, WorkflowReply, WorkflowVersion } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { closeDocument } from '../document/index.js';
import { moveLive, type GivenLive } from '../publishing/index.js';
import { useSession } from '../session/index.js';
import { showToast } from '../view/index.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { NumberField } from '../../ui/fields/FormFields.js';

/** The dialogs of version actions. */
export type VersionDialog =
  { readonly kind: 'canary' | 'restore'; readonly version: WorkflowVersion } | { readonly kind: 'off' };

const isShare = (percent: number): boolean => percent >= 1 && percent <= 100;

/** Asks for a confirmation before callers get another version or the draft is replaced. */
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
  const point = async (next: GivenLive | null, text: string): Promise<void> => {
    await moveLive(view, id, next, text);
    onClose();
  };
  if (dialog.kind === 'off')
    return (
      <Confirm
        onClose={onClose}
        title="Unpublish the workflow?"
        verb="Unpublish"
        onConfirm={() => point(null, 'The workflow is unpublished')}
      >
        <p>
          Callers that do not name a version get the error not_published. Its versions stay, and you can make any of
          them live again.
        </p>
      </Confirm>
    );
  const { version } = dialog.version;
  switch (dialog.kind) {
    case 'canary':
      return (
        <Confirm
          onClose={onClose}
          isHarmless
          title={`Start a canary of version ${version}?`}
          verb={isShare(share) ? `Start with ${share}%` : 'Start canary'}
          isDisabled={!isShare(share)}
          onConfirm={async () => {
            if (live !== undefined)
              await point(
                { version: live.version, canary: { version, share: share / 100 } },
                `${share}% of callers get version ${version}`,
              );
          }}
        >
          <NumberField
            title="Share of callers, in percent"
            min={1}
            max={100}
            value={share}
            error={isShare(share) ? undefined : 'Enter a number from 1 to 100.'}
            help="The same caller always gets the same version. The canary stops automatically after 20 runs if more than 10% failed."
            onChange={(next = Number.NaN) => setShare(next)}
          />
        </Confirm>
      );
    case 'restore':
      return (
        <Confirm
          onClose={onClose}
          title={`Replace the draft with version ${version}?`}
          verb="Replace the draft"
          onConfirm={async () => {
            const { bundle } = await client.GET('/api/workflows/{id}/versions/{version}', {
              params: { path: { id, version } },
            });
            const { revision } = await client.GET('/api/workflows/{id}', { params: { path: { id } } });
            await client.PUT('/api/workflows/{id}', {
              params: { path: { id } },
              body: { document: bundle.document },
              headers: { 'if-match': `"${revision}"` },
            });
            if (documents.getState().id === id) closeDocument(documents);
            showToast(view, `The draft is now version ${version}`);
            onRestored();
            onClose();
          }}
        >
          <p>
            Changes in the draft that are in no version are lost. Export it first to keep them. Callers see no change
            until you publish.
          </p>
        </Confirm>
      );
  }
}
