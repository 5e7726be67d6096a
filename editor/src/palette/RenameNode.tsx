import { useState, type ReactElement } from 'react';
import { edit } from '../document/document-store.js';
import { rename } from '../document/edit/change-node.js';
import { useCatalog, useDocument, useSession } from '../session.js';
import { setOverlay } from '../view/view-store.js';
import { Dialog } from './Dialog.js';

/** Another title for a node. */
export function RenameNode({ nodeId }: { readonly nodeId: string }): ReactElement | null {
  const { documents, view } = useSession();
  const node = useDocument((state) => state.document?.nodes[nodeId]);
  const typeTitle = useCatalog((state) => state.byType.get(node?.type ?? '')?.title ?? node?.type ?? '');
  const [title, setTitle] = useState(node?.title ?? typeTitle);
  const close = (): void => setOverlay(view, undefined);
  return (
    <Dialog title="Rename" onClose={close}>
      <form
        className="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          edit(documents, (document) => rename(document, nodeId, title === typeTitle ? '' : title));
          close();
        }}
      >
        <label className="field">
          <span className="field-label">Title</span>
          <input value={title} maxLength={200} autoFocus onFocus={(event) => event.target.select()} onChange={(event) => setTitle(event.target.value)} />
        </label>
        <button type="submit" className="button button-primary">
          Rename
        </button>
      </form>
    </Dialog>
  );
}
