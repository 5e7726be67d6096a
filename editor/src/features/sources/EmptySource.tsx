import type { SourceReply } from '@heddle/core';
import type { ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { countOf } from '../../ui/format/count-of.js';

/** Asks before a sync removes all documents of a source that no longer names any. */
export function EmptySource({
  name,
  source,
  onSynced,
  onClose,
}: {
  readonly name: string;
  readonly source: SourceReply;
  readonly onSynced: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const count = countOf(source.state.documents, 'document');
  return (
    <Confirm
      title={`Remove the documents of “${source.title}”?`}
      verb={`Remove ${count}`}
      onClose={onClose}
      onConfirm={async () => {
        const params = { path: { name, source: source.id } };
        await client.POST('/api/collections/{name}/sources/{source}/sync', { params, body: { mayEmpty: true } });
        onSynced();
        onClose();
      }}
    >
      <p>
        The next sync removes {count} from the collection if the source still names none. Documents that it names later
        are imported again.
      </p>
    </Confirm>
  );
}
