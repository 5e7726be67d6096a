import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { toApiError, type ApiError } from '../../data/http/http.js';
import { edit, isEditable, fragmentOf, pasteFragment } from '../document/index.js';
import { Notice } from '../../ui/states/Notice.js';
import { navigate, workflowPath } from '../../ui/navigation/route.js';
import { useDocument, useSession } from '../session/index.js';
import { select, setOverlay, type Overlay } from '../view/index.js';
import { Dialog } from '../../ui/dialogs/Dialog.js';

/** Asks whether a dropped workflow file becomes a new workflow or a part of the open one. */
export function ImportFile({ overlay }: { readonly overlay: Extract<Overlay, { kind: 'import' }> }): ReactElement {
  const { documents, view } = useSession();
  const canEdit = useDocument(isEditable);
  const [error, setError] = useState<ApiError>();
  const [isBusy, setBusy] = useState(false);
  const close = (): void => setOverlay(view, undefined);
  const count = Object.keys(overlay.document.nodes).length;
  const openAsNew = async (): Promise<void> => {
    setBusy(true);
    try {
      const { slug, id } = await client.POST('/api/workflows', { body: { document: overlay.document } });
      close();
      navigate(workflowPath(slug ?? id));
    } catch (failure) {
      setError(toApiError(failure));
      setBusy(false);
    }
  };
  const insert = (): void => {
    let pasted: ReturnType<typeof pasteFragment> | undefined;
    edit(
      documents,
      (document) => (pasted = pasteFragment(document, fragmentOf(overlay.document), overlay.at)).document,
    );
    close();
    if (pasted !== undefined) select(view, { nodes: pasted.ids, notes: pasted.notes });
  };
  return (
    <Dialog title={`“${overlay.document.name}”`} onClose={close}>
      <div className="dialog-form">
        <p>
          {overlay.file} contains a workflow with {count === 1 ? '1 node' : `${count} nodes`}. How do you want to import
          it?
        </p>
        {error === undefined ? null : <Notice error={error} />}
        <div className="dialog-actions">
          {canEdit ? (
            <button type="button" className="button" disabled={isBusy} onClick={insert}>
              Insert here
            </button>
          ) : null}
          <button
            type="button"
            className="button button-primary"
            disabled={isBusy}
            autoFocus
            onClick={() => void openAsNew()}
          >
            Open as new workflow
          </button>
        </div>
      </div>
    </Dialog>
  );
}
