import type { DocumentInfo } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { ReadersField, type ReadersValue } from './ReadersField.js';

/** Changes who may read a document. */
export function DocumentReaders({
  collection,
  document,
  onChanged,
  onClose,
}: {
  readonly collection: string;
  readonly document: DocumentInfo;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const [readers, setReaders] = useState<ReadersValue>(document.readers ?? null);
  return (
    <FormDialog
      title={`Readers of “${document.title}”`}
      verb="Save readers"
      onClose={onClose}
      onSubmit={async () => {
        const body = { readers: readers === undefined || readers === null ? null : [...readers] };
        const path = { name: collection, id: document.id };
        await client.PUT('/api/collections/{name}/documents/{id}/readers', { params: { path }, body });
        onChanged();
        onClose();
      }}
    >
      <p className="quiet">
        Others do not find it, in searches and in runs. A change counts from the next search. Attachments and records of
        the document get the same readers.
      </p>
      <ReadersField value={readers} onChange={setReaders} />
    </FormDialog>
  );
}
