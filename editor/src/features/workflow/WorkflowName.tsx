import type { ReactElement } from 'react';
import { edit, isEditable } from '../document/index.js';
import { useRunHead } from '../run/index.js';
import { useDocument, useSession } from '../session/index.js';
import { NameField } from '../../ui/fields/NameField.js';
import { useTitle } from '../../ui/navigation/use-title.js';

/** The name of the open document. The name of a draft can be edited here. */
export function WorkflowName(): ReactElement {
  const { documents } = useSession();
  const name = useDocument((state) => state.document?.name);
  const canEdit = useDocument(isEditable);
  const isRun = useRunHead() !== undefined;
  useTitle(name === undefined ? undefined : [name, ...(isRun ? ['Run'] : [])]);
  if (!canEdit || name === undefined) {
    return (
      <h1 className="topbar-name truncate" data-tip={name}>
        {name ?? 'Opening…'}
      </h1>
    );
  }
  return (
    <h1 className="topbar-name truncate" data-tip={name}>
      <NameField
        label="Workflow name"
        name={name}
        onChange={(next) => edit(documents, (document) => ({ ...document, name: next }), { gesture: 'name' })}
      />
    </h1>
  );
}
