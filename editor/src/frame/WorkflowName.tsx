import { useState, type ReactElement } from 'react';
import { edit, isEditable } from '../document/document-store.js';
import { useDocument, useSession } from '../session.js';

/** The name of what is open; a draft's can be changed where it stands. */
export function WorkflowName(): ReactElement {
  const { documents } = useSession();
  const name = useDocument((state) => state.document?.name);
  const canEdit = useDocument(isEditable);
  const [typed, setTyped] = useState<string>();
  if (!canEdit || name === undefined) {
    return (
      <h1 className="topbar-name" title={name}>
        {name ?? 'Opening…'}
      </h1>
    );
  }
  return (
    <h1 className="topbar-name">
      <input
        aria-label="Name of the workflow"
        value={typed ?? name}
        maxLength={200}
        spellCheck={false}
        // A workflow needs a name: an empty field is what is being typed, not what it is called.
        onChange={(event) => {
          const next = event.target.value;
          setTyped(next);
          if (next.trim() !== '')
            edit(documents, (document) => ({ ...document, name: next.trim() }), { gesture: 'name' });
        }}
        onBlur={() => setTyped(undefined)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur();
        }}
      />
    </h1>
  );
}
