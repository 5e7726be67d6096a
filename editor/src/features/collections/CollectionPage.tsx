import clsx from 'clsx';
import { ListTree, Pencil, RefreshCw, Trash2 } from 'lucide-react';
import { useEffect, useState, type ReactElement } from 'react';
import { useMay } from '../../data/access/me-store.js';
import { IfMay } from '../../ui/states/IfMay.js';
import { client } from '../../data/api/client.js';
import { useGet } from '../../data/queries/use-get.js';
import { Notice } from '../../ui/states/Notice.js';
import { DocumentList } from './DocumentList.js';
import { DocumentView } from './DocumentView.js';
import { IngestList } from './IngestList.js';
import { FileButtons } from './FileButtons.js';
import { lossText } from './ingest/loss-text.js';
import { KnowledgeGraphPanel } from './graph/KnowledgeGraphPanel.js';
import { ChangeIndex } from './reindex/ChangeIndex.js';
import { IndexGatePanel } from './reindex/IndexGatePanel.js';
import { IndexPanel } from './reindex/IndexPanel.js';
import { storeTitles } from './settings/store-titles.js';
import { RelevancePanel } from './relevance/RelevancePanel.js';
import { RenameCollection } from './RenameCollection.js';
import { SearchPanel } from './SearchPanel.js';
import { SearchSettingsPanel } from './settings/SearchSettingsPanel.js';
import { useDocuments } from './use-documents.js';
import { useUpload } from './use-upload.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { ReaderRulesPanel } from '../readers/index.js';
import { SourcesPanel } from '../sources/index.js';
import { GrantLine } from '../grants/index.js';
import { offerUndo } from '../../ui/states/undo-store.js';
import { NotOpened } from '../../ui/states/NotOpened.js';
import { collectionPath, navigate } from '../../ui/navigation/route.js';
import { useAction } from '../../data/queries/use-action.js';
import { useFileDrop } from '../../ui/fields/use-file-drop.js';
import { isOpenJob, useJobs } from '../../data/queries/use-topic.js';
import styles from './collections.module.css';

/** One collection: its documents, the passages of a document, running imports, and a search. */
export function CollectionPage({
  name,
  document,
  passage,
}: {
  readonly name: string;
  readonly document: string | undefined;
  /** The passage of the document to show first. */
  readonly passage?: string | undefined;
}): ReactElement {
  const info = useGet('/api/collections/{name}', { params: { path: { name } } });
  const ofThis = useJobs().filter(({ subject }) => subject === name);
  const jobs = ofThis.filter(({ kind }) => kind === 'ingest');
  const fillings = ofThis.filter(({ kind }) => kind === 'reindex');
  const readings = ofThis.filter(({ kind }) => kind === 'graph');
  const syncs = ofThis.filter(({ kind }) => kind === 'sync');
  const finished = [...jobs, ...syncs].filter((job) => !isOpenJob(job)).length;
  const documents = useDocuments(name, finished);
  const refresh = info.again;
  useEffect(() => refresh(), [finished, refresh]);
  const [isDropping, setDropping] = useState(false);
  const [isRenaming, setRenaming] = useState(false);
  const [isChanging, setChanging] = useState(false);
  const [begun, setBegun] = useState(0);
  const action = useAction();
  const upload = useUpload(name, action);
  const again = (ids: readonly string[] | undefined): void =>
    action.run(async () => {
      await client.POST('/api/collections/{name}/reingest', { params: { path: { name } }, body: { documents: ids } });
    });
  const drop = useFileDrop(upload.send);
  const isImporting = action.isBusy || jobs.some(isOpenJob);
  const mayWrite = useMay('collection:write');
  const title = info.value?.title ?? name;
  const show = (id?: string, at?: string): void => navigate(collectionPath(name, id, at));
  if (info.error !== undefined && info.value === undefined) {
    return <NotOpened error={info.error} again={info.again} back={{ href: '/collections', name: 'All collections' }} />;
  }
  return (
    <main className="home" data-drop={drop.isOver || undefined} {...(mayWrite ? drop.handlers : {})}>
      {drop.isOver ? <p className="drop-hint">Drop files or folders to import them into {title}</p> : null}
      <div className="home-body">
        <header className="home-head">
          <div>
            <h1 className={styles['collection-title']} dir="auto">
              {title}
            </h1>
            {info.value === undefined ? null : (
              <p className="quiet figure">
                {title === name ? null : <span className="mono">{name} · </span>}
                {info.value.documents === undefined ? null : `${count(info.value.documents, 'document')} · `}
                {info.value.passages === undefined ? null : `${count(info.value.passages, 'passage')} · `}
                {info.value.embedding} · {info.value.splitter.kind}, {info.value.splitter.maxTokens} tokens ·{' '}
                {info.value.label.level}
                {info.value.store === 'embedded' ? null : ` · ${storeTitles[info.value.store]}`}
              </p>
            )}
          </div>
          <IfMay permission="collection:write">
            <div className="head-actions">
              <FileButtons verb="Add" isPrimary isBusy={action.isBusy} onFiles={upload.send} />
              <button
                type="button"
                className="button"
                disabled={action.isBusy || info.value?.documents === 0}
                data-tip="Re-index every document from its original"
                onClick={() => again(undefined)}
              >
                <RefreshCw size={15} aria-hidden /> Re-index all
              </button>
              <button
                type="button"
                className="button"
                disabled={info.value === undefined}
                data-tip="Another embedding model or splitting, while this index serves"
                onClick={() => setChanging(true)}
              >
                <ListTree size={15} aria-hidden /> Change index
              </button>
              <button
                type="button"
                className="icon-button"
                aria-label="Change the title"
                data-tip="Change the title"
                disabled={info.value === undefined}
                onClick={() => setRenaming(true)}
              >
                <Pencil size={16} aria-hidden />
              </button>
              <button
                type="button"
                className="icon-button"
                aria-label={`Delete the collection ${title}`}
                onClick={() => setDropping(true)}
              >
                <Trash2 size={16} aria-hidden />
              </button>
            </div>
          </IfMay>
        </header>
        <GrantLine kind="collection" id={name} />
        {action.error === undefined ? null : <Notice error={action.error} />}
        <IngestList jobs={jobs} canRetry={upload.canRetry} onRetry={upload.retry} />
        <IfMay permission="collection:write">
          <SourcesPanel name={name} level={info.value?.label.level} jobs={syncs} />
        </IfMay>
        <IndexPanel
          name={name}
          jobs={fillings}
          revision={`${finished} ${begun}`}
          onChanged={() => {
            documents.again();
            refresh();
          }}
        />
        <SearchPanel
          name={name}
          title={title}
          hint={
            info.value?.documents !== 0
              ? undefined
              : isImporting
                ? 'Documents are being imported'
                : 'Add documents first'
          }
          onOpen={(found) => show(found.document, found.id)}
        />
        {info.value === undefined || info.value.passages === 0 ? null : (
          <>
            <SearchSettingsPanel name={name} />
            <RelevancePanel name={name} />
            <IndexGatePanel name={name} />
            <KnowledgeGraphPanel name={name} jobs={readings} revision={finished} />
          </>
        )}
        <ReaderRulesPanel
          name={name}
          onChanged={() => {
            documents.again();
            refresh();
          }}
        />
        <div className={clsx(styles['collection-columns'], 'stack')} data-open={document !== undefined || undefined}>
          <DocumentList
            name={name}
            documents={documents}
            selected={document}
            isImporting={isImporting}
            first={<FileButtons verb="Choose" isBusy={action.isBusy} onFiles={upload.send} />}
            onChanged={() => {
              documents.again();
              refresh();
            }}
            onSelect={(id) => show(id)}
          />
          {document === undefined ? null : (
            <DocumentView
              key={document}
              name={name}
              document={document}
              found={passage}
              revision={finished}
              onClose={() => show()}
            />
          )}
        </div>
      </div>
      {isRenaming ? (
        <RenameCollection name={name} title={title} onRenamed={refresh} onClose={() => setRenaming(false)} />
      ) : null}
      {isChanging && info.value !== undefined ? (
        <ChangeIndex
          collection={info.value}
          onBegun={() => setBegun((before) => before + 1)}
          onClose={() => setChanging(false)}
        />
      ) : null}
      {isDropping ? (
        <Confirm
          title={`Delete “${title}”?`}
          verb="Delete collection"
          onClose={() => setDropping(false)}
          onConfirm={async () => {
            const params = { path: { name } };
            await client.DELETE('/api/collections/{name}', { params: { ...params, query: { undo: 'true' } } });
            navigate('/collections');
            offerUndo({
              what: `“${title}”`,
              restore: () => client.POST('/api/collections/{name}/restore', { params }),
              onRestored: () => navigate(collectionPath(name)),
            });
          }}
        >
          <p>
            {lossText(info.value?.documents)} Workflows that search this collection will report that it is missing. You
            can undo this for 10 seconds.
          </p>
        </Confirm>
      ) : null}
    </main>
  );
}

function count(number: number, word: string): string {
  return number === 1 ? `1 ${word}` : `${number.toLocaleString()} ${word}s`;
}
