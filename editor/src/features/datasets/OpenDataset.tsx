import type { DatasetReply, StoredDatasetRow } from '@heddle/core';
import { Download, Plus, SearchX, Sparkles, Trash2, Upload } from 'lucide-react';
import { useCallback, useState, type ReactElement } from 'react';
import { useMay } from '../../data/access/me-store.js';
import { client } from '../../data/api/client.js';
import { useGet } from '../../data/queries/use-get.js';
import { SegmentedControl } from '../../ui/buttons/SegmentedControl.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import type { NamedFile } from '../../ui/fields/read-dropped.js';
import { useFileDrop } from '../../ui/fields/use-file-drop.js';
import { navigate, qualityPath } from '../../ui/navigation/route.js';
import { IfMay } from '../../ui/states/IfMay.js';
import { offerUndo } from '../../ui/states/undo-store.js';
import { countOf } from '../../ui/format/count-of.js';
import { useDatasetView } from './dataset-view.js';
import { ProblemList } from './ProblemList.js';
import { MineNegatives } from './questions/MineNegatives.js';
import { NegativesProgress } from './questions/NegativesProgress.js';
import { AskQuestions } from './questions/AskQuestions.js';
import { QuestionsProgress } from './questions/QuestionsProgress.js';
import { ReviewRows } from './questions/ReviewRows.js';
import { RowForm } from './rows/RowForm.js';
import { RowList } from './rows/RowList.js';
import { RowView } from './rows/RowView.js';
import { ExportDialog } from './transfer/ExportDialog.js';
import { ImportDialog } from './transfer/ImportDialog.js';
import { VersionList } from './VersionList.js';
import styles from './datasets.module.css';

/** The dialog that is open. */
type Open =
  | { readonly kind: 'import'; readonly files: readonly NamedFile[] }
  | { readonly kind: 'export' | 'delete' | 'questions' | 'negatives' }
  | { readonly kind: 'edit'; readonly row: StoredDatasetRow | undefined; readonly like?: StoredDatasetRow | undefined }
  | { readonly kind: 'remove'; readonly row: StoredDatasetRow };

/** The page of a loaded dataset. Files can be dropped anywhere on it. */
export function OpenDataset({
  dataset,
  tabs,
  again,
}: {
  readonly dataset: DatasetReply;
  readonly tabs: ReactElement;
  readonly again: () => void;
}): ReactElement {
  const { id, name, description, rows: size, version: newest } = dataset;
  const [view, show] = useDatasetView(id);
  const [open, setOpen] = useState<Open>();
  const [said, setSaid] = useState('');
  const mayWrite = useMay('workflow:write');
  const drop = useFileDrop((files) => setOpen({ kind: 'import', files }));
  const version = view.version ?? newest;
  const facets = useGet('/api/datasets/{id}/facets', { params: { path: { id }, query: { version: newest } } });
  const toReview = facets.value?.toReview ?? 0;
  const isNewest = version === newest;
  const splits = ['train', 'validation', 'test'];
  const close = (): void => setOpen(undefined);
  // The job that the message announces has ended.
  const ended = useCallback((): void => {
    setSaid('');
    again();
  }, [again]);
  const changed = (text: string): void => {
    close();
    setSaid(text);
    show({ version: undefined, row: undefined });
    again();
  };
  const addRow = (): void => {
    const params = { path: { id }, query: { limit: 1 } };
    client.GET('/api/datasets/{id}/rows', { params }).then(
      ({ rows }) => setOpen({ kind: 'edit', row: undefined, like: rows[0] }),
      () => setOpen({ kind: 'edit', row: undefined }),
    );
  };
  return (
    <main className="home" data-drop={drop.isOver || undefined} {...(mayWrite ? drop.handlers : {})}>
      {drop.isOver ? <p className="drop-hint">Drop files with rows to import them</p> : null}
      <div className="home-body">
        <header className="home-head">
          <h1 dir="auto" className={styles['dataset-title']}>
            {name}
          </h1>
          <div className="head-actions">
            <IfMay permission="workflow:write">
              <button
                type="button"
                className="button button-primary"
                onClick={() => setOpen({ kind: 'import', files: [] })}
              >
                <Upload size={15} aria-hidden /> Import
              </button>
              <button type="button" className="button" onClick={() => setOpen({ kind: 'questions' })}>
                <Sparkles size={15} aria-hidden /> From a collection
              </button>
              <button
                type="button"
                className="button"
                disabled={newest === 0}
                onClick={() => setOpen({ kind: 'negatives' })}
              >
                <SearchX size={15} aria-hidden /> Hard negatives
              </button>
              <button type="button" className="button" onClick={addRow}>
                <Plus size={15} aria-hidden /> Add row
              </button>
            </IfMay>
            <button
              type="button"
              className="button"
              disabled={newest === 0}
              onClick={() => setOpen({ kind: 'export' })}
            >
              <Download size={15} aria-hidden /> Export
            </button>
            <IfMay permission="workflow:write">
              <button
                type="button"
                className="icon-button"
                aria-label="Delete the dataset"
                data-tip="Delete"
                onClick={() => setOpen({ kind: 'delete' })}
              >
                <Trash2 size={16} aria-hidden />
              </button>
            </IfMay>
          </div>
        </header>
        {tabs}
        <div className="stack gap-4">
          {description === '' ? null : (
            <p className="page-lead" dir="auto">
              {description}
            </p>
          )}
          <p className="quiet figure" role="status">
            {countOf(size, 'row')} · {newest === 0 ? 'no version yet' : `version ${newest}`}
            {said === '' ? '' : ` · ${said}`}
          </p>
        </div>
        <QuestionsProgress dataset={id} onEnded={ended} />
        <NegativesProgress dataset={id} onEnded={ended} />
        <SegmentedControl
          label="Part"
          choices={[
            ['rows', 'Rows'],
            ['versions', 'Versions'],
            ['problems', 'Problems'],
            ...(toReview > 0 || view.part === 'review'
              ? [['review', `Review (${toReview.toLocaleString()})`] as const]
              : []),
          ]}
          value={view.part}
          onChange={(part) => show({ part })}
        />
        {isNewest ? null : (
          <p className="aligned-wrapped gap-8">
            You see version {version}.
            <button type="button" className="button button-small" onClick={() => show({ version: undefined })}>
              Show the newest
            </button>
          </p>
        )}
        {view.part === 'review' ? (
          <ReviewRows dataset={id} onDecided={again} />
        ) : view.part === 'rows' ? (
          <RowList
            key={`${version} ${newest}`}
            id={id}
            version={version}
            split={view.split}
            tag={view.tag}
            onFilter={show}
            onOpen={(row) => show({ row })}
            onImport={() => setOpen({ kind: 'import', files: [] })}
          />
        ) : view.part === 'versions' ? (
          <VersionList
            key={newest}
            dataset={dataset}
            onShow={(shown) => show({ part: 'rows', version: shown === newest ? undefined : shown })}
            onOpen={(shown, row) => show({ version: shown === newest ? undefined : shown, row })}
          />
        ) : (
          <ProblemList
            key={`${version} ${newest}`}
            {...{ id, version, isNewest }}
            onOpen={(row) => show({ row })}
            onRemoved={changed}
          />
        )}
      </div>
      {view.row === undefined || open !== undefined ? null : (
        <RowView
          key={view.row}
          dataset={id}
          row={view.row}
          {...{ version, isNewest }}
          onEdit={(row) => setOpen({ kind: 'edit', row })}
          onRemove={(row) => setOpen({ kind: 'remove', row })}
          onClose={() => show({ row: undefined })}
        />
      )}
      {open?.kind === 'import' ? (
        <ImportDialog dataset={id} files={open.files} splits={splits} onImported={changed} onClose={close} />
      ) : null}
      {open?.kind === 'questions' ? (
        <AskQuestions
          dataset={id}
          splits={splits}
          onStarted={() => setSaid('The questions are being written.')}
          onClose={close}
        />
      ) : null}
      {open?.kind === 'negatives' ? (
        <MineNegatives
          dataset={id}
          splits={splits}
          onStarted={() => setSaid('The collection is being searched.')}
          onClose={close}
        />
      ) : null}
      {open?.kind === 'export' ? <ExportDialog dataset={id} name={name} version={version} onClose={close} /> : null}
      {open?.kind === 'edit' ? (
        <RowForm
          dataset={id}
          version={newest}
          row={open.row}
          like={open.like}
          splits={splits}
          onSaved={() => changed(open.row === undefined ? 'Row added.' : 'Row saved.')}
          onClose={close}
        />
      ) : null}
      {open?.kind === 'remove' ? (
        <RemoveRow dataset={dataset} row={open.row.id} onRemoved={changed} onClose={close} />
      ) : null}
      {open?.kind === 'delete' ? <DeleteDataset dataset={dataset} onClose={close} /> : null}
    </main>
  );
}

function RemoveRow({
  dataset: { id, version },
  row,
  onRemoved,
  onClose,
}: {
  readonly dataset: DatasetReply;
  readonly row: string;
  readonly onRemoved: (said: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  return (
    <Confirm
      title="Remove the row?"
      verb="Remove row"
      onClose={onClose}
      onConfirm={async () => {
        const body = { set: [], remove: [row], base: version, note: 'Row removed' };
        await client.POST('/api/datasets/{id}/rows', { params: { path: { id } }, body });
        onRemoved('Row removed.');
      }}
    >
      <p>The next version does not have it. Older versions keep it.</p>
    </Confirm>
  );
}

function DeleteDataset({
  dataset: { id, name, versions },
  onClose,
}: {
  readonly dataset: DatasetReply;
  readonly onClose: () => void;
}): ReactElement {
  return (
    <Confirm
      title={`Delete “${name}”?`}
      verb="Delete dataset"
      onClose={onClose}
      onConfirm={async () => {
        const params = { path: { id } };
        await client.DELETE('/api/datasets/{id}', { params: { ...params, query: { undo: 'true' } } });
        onClose();
        navigate(qualityPath('datasets'));
        offerUndo({
          what: `the dataset “${name}”`,
          restore: () => client.POST('/api/datasets/{id}/restore', { params }),
          onRestored: () => navigate(qualityPath('datasets', id)),
        });
      }}
    >
      <p>{countOf(versions.length, 'version')} with all rows. You can undo this for 10 seconds.</p>
    </Confirm>
  );
}
