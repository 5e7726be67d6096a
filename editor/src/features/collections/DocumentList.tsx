import clsx from 'clsx';
import type { DocumentInfo } from '@heddle/core';
import { FileText, RefreshCw, Trash2, UserRoundCheck } from 'lucide-react';
import { useState, type ReactElement, type ReactNode } from 'react';
import { IfMay } from '../../ui/states/IfMay.js';
import { useMay } from '../../data/access/me-store.js';
import { client } from '../../data/api/client.js';
import { formatBytes } from '../../ui/format/format-bytes.js';
import { formatAgo } from '../../ui/format/format-time.js';
import { EmptyState } from '../../ui/states/EmptyState.js';
import { Notice } from '../../ui/states/Notice.js';
import { useNow } from '../../ui/format/use-now.js';
import { offerUndo } from '../../ui/states/undo-store.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { useAction } from '../../data/queries/use-action.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import { DocumentReaders, readersText } from '../readers/index.js';
import type { Documents } from './use-documents.js';
import styles from './collections.module.css';

interface DocumentListProps {
  readonly name: string;
  readonly documents: Documents;
  readonly selected: string | undefined;
  /** Whether documents are being imported. */
  readonly isImporting: boolean;
  /** Shown while there are no documents: how to add the first ones. */
  readonly first?: ReactNode;
  readonly onSelect: (id: string) => void;
  readonly onChanged: () => void;
}

/** The documents of a collection. Choosing one opens its passages. */
export function DocumentList({
  name,
  documents,
  selected,
  isImporting,
  first,
  onSelect,
  onChanged,
}: DocumentListProps): ReactElement {
  const mayAdd = useMay('collection:write');
  const now = useNow(false);
  const [deleted, setDeleted] = useState<DocumentInfo>();
  const [read, setRead] = useState<DocumentInfo>();
  const again = useAction();
  const reimport = (id: string): void =>
    again.run(async () => {
      await client.POST('/api/collections/{name}/reingest', { params: { path: { name } }, body: { documents: [id] } });
    });
  return (
    <section className="section" aria-label="Documents">
      <h2>Documents</h2>
      {again.error === undefined ? null : <Notice error={again.error} />}
      <WhenLoaded
        loaded={{ ...documents, value: documents.list }}
        empty={
          isImporting ? (
            'Documents are being imported. They appear here when they are ready.'
          ) : (
            <EmptyState Icon={FileText} action={mayAdd ? first : undefined}>
              {mayAdd
                ? 'No documents yet. Drop files or a folder anywhere on this page, or choose them.'
                : 'No documents yet.'}
            </EmptyState>
          )
        }
      >
        {(list) => (
          <ul className="rows">
            {list.map((document) => (
              <li
                key={document.id}
                className={clsx(styles['document-row'], 'aligned')}
                data-selected={document.id === selected || undefined}
              >
                <button
                  type="button"
                  className="row row-button"
                  aria-current={document.id === selected ? 'true' : undefined}
                  onClick={() => onSelect(document.id)}
                >
                  <span className="row-dot" data-status={document.passages > 0 ? 'done' : 'cancelled'} aria-hidden />
                  <span className="row-main">
                    <span className="row-title" data-tip={document.title}>
                      {document.title}
                    </span>
                    <span className="quiet" data-tip={document.id}>
                      {document.passages === 0 ? `${document.id} · no text found in the file` : document.id}
                    </span>
                  </span>
                  <span className="row-figures figure">
                    <span>
                      {document.readers === undefined ? '' : `${readersText(document.readers)} · `}
                      {document.passages === 1 ? '1 passage' : `${document.passages} passages`}
                    </span>
                    <span className="quiet">
                      {formatBytes(document.size)} · {formatAgo(document.updatedAt, now)}
                    </span>
                  </span>
                </button>
                <IfMay permission="reader:manage">
                  <button
                    type="button"
                    className="icon-button"
                    aria-label={`Readers of ${document.id}`}
                    data-tip="Readers"
                    onClick={() => setRead(document)}
                  >
                    <UserRoundCheck size={14} aria-hidden />
                  </button>
                </IfMay>
                <IfMay permission="collection:write">
                  <button
                    type="button"
                    className="icon-button"
                    disabled={again.isBusy}
                    aria-label={`Re-index ${document.id}`}
                    data-tip="Re-index"
                    onClick={() => reimport(document.id)}
                  >
                    <RefreshCw size={14} aria-hidden />
                  </button>
                  <button
                    type="button"
                    className="icon-button"
                    aria-label={`Delete ${document.id}`}
                    data-tip="Delete"
                    onClick={() => setDeleted(document)}
                  >
                    <Trash2 size={14} aria-hidden />
                  </button>
                </IfMay>
              </li>
            ))}
          </ul>
        )}
      </WhenLoaded>
      {documents.hasMore ? (
        <button type="button" className="button button-small" onClick={() => documents.more()}>
          Show more
        </button>
      ) : null}
      {read === undefined ? null : (
        <DocumentReaders collection={name} document={read} onChanged={onChanged} onClose={() => setRead(undefined)} />
      )}
      {deleted === undefined ? null : (
        <Confirm
          title={`Delete “${deleted.title}”?`}
          verb="Delete document"
          onClose={() => setDeleted(undefined)}
          onConfirm={async () => {
            const params = { path: { name }, query: { document: deleted.id } };
            await client.DELETE('/api/collections/{name}/documents', {
              params: { ...params, query: { ...params.query, undo: 'true' } },
            });
            setDeleted(undefined);
            onChanged();
            offerUndo({
              what: `“${deleted.title}”`,
              restore: () => client.POST('/api/collections/{name}/documents/restore', { params }),
              onRestored: onChanged,
            });
          }}
        >
          <p>
            {deleted.id} is deleted from {name} with its passages; searches no longer find it. You can undo this for 10
            seconds.
          </p>
        </Confirm>
      )}
    </section>
  );
}
