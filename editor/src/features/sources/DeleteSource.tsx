import type { SourceReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { SelectField } from '../../ui/fields/FormFields.js';
import { countOf } from '../../ui/format/count-of.js';

/** Asks what happens to the documents of a source before the source is deleted. */
export function DeleteSource({
  name,
  source,
  onDeleted,
  onClose,
}: {
  readonly name: string;
  readonly source: SourceReply;
  readonly onDeleted: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const [documents, setDocuments] = useState<'keep' | 'remove'>('keep');
  const count = countOf(source.state.documents, 'document');
  return (
    <Confirm
      title={`Delete the source “${source.title}”?`}
      verb="Delete source"
      onClose={onClose}
      onConfirm={async () => {
        const params = { path: { name, source: source.id }, query: { documents } };
        await client.DELETE('/api/collections/{name}/sources/{source}', { params });
        onDeleted();
        onClose();
      }}
    >
      <div className="stack gap-12">
        <p>It is not synced any more. This cannot be undone.</p>
        <SelectField
          title="Its documents"
          value={documents}
          choices={[
            ['keep', `Keep ${count} in the collection`],
            ['remove', `Remove ${count} from the collection`],
          ]}
          onChange={setDocuments}
        />
      </div>
    </Confirm>
  );
}
