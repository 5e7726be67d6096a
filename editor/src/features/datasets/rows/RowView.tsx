import clsx from 'clsx';
import type { StoredDatasetRow } from '@heddle/core';
import { Pencil, Trash2 } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { useGet } from '../../../data/queries/use-get.js';
import { Dialog } from '../../../ui/dialogs/Dialog.js';
import { Link } from '../../../ui/navigation/Link.js';
import { runPath } from '../../../ui/navigation/route.js';
import { IfMay } from '../../../ui/states/IfMay.js';
import { WhenLoaded } from '../../../ui/states/WhenLoaded.js';
import { LabelMark } from '../../../ui/values/LabelMark.js';
import { ValueView } from '../../../ui/values/ValueView.js';
import styles from '../datasets.module.css';

/** A row with all its fields, and buttons that edit and remove it. */
export function RowView({
  dataset,
  version,
  row: id,
  isNewest,
  onEdit,
  onRemove,
  onClose,
}: {
  readonly dataset: string;
  readonly version: number;
  readonly row: string;
  /** Only rows of the newest version can be changed. */
  readonly isNewest: boolean;
  readonly onEdit: (row: StoredDatasetRow) => void;
  readonly onRemove: (row: StoredDatasetRow) => void;
  readonly onClose: () => void;
}): ReactElement {
  const loaded = useGet('/api/datasets/{id}/rows/{row}', {
    params: { path: { id: dataset, row: id }, query: { version } },
  });
  return (
    <Dialog title="Row" onClose={onClose}>
      <div className="dialog-form dialog-wide">
        <WhenLoaded loaded={loaded}>
          {(row) => (
            <>
              <RowContent row={row} />
              <div className="dialog-actions">
                {isNewest ? (
                  <IfMay permission="workflow:write">
                    <button type="button" className="button" onClick={() => onRemove(row)}>
                      <Trash2 size={14} aria-hidden /> Remove row
                    </button>
                    <button type="button" className="button" onClick={() => onEdit(row)}>
                      <Pencil size={14} aria-hidden /> Edit row
                    </button>
                  </IfMay>
                ) : (
                  <p className="quiet">This is version {version}: rows of the newest version can be changed.</p>
                )}
              </div>
            </>
          )}
        </WhenLoaded>
      </div>
    </Dialog>
  );
}

function RowContent({
  row: { id, inputs, expected, references = [], tags = [], split, label, run, metadata, unreviewed },
}: {
  readonly row: StoredDatasetRow;
}): ReactElement {
  return (
    <>
      <p className="aligned-wrapped gap-8">
        <LabelMark level={label} />
        {split === undefined ? null : <span>{split}</span>}
        {unreviewed === true ? <span>Waits for a review</span> : null}
        {tags.map((tag) => (
          <span key={tag} className="quiet">
            {tag}
          </span>
        ))}
        {run === undefined ? null : <Link href={runPath(run)}>Made from a run</Link>}
        <span className={clsx('quiet mono', styles['dataset-id'])}>{id}</span>
      </p>
      {Object.entries(inputs).map(([name, value]) => (
        <Part key={name} title={name} level={label} value={value} />
      ))}
      {expected === undefined ? (
        <p className="quiet">No expected answer.</p>
      ) : (
        <Part title="Expected answer" level={label} value={expected} />
      )}
      {references.length === 0 ? null : <Part title="References" level={label} value={references} />}
      {metadata === undefined ? null : <Part title="Metadata" level={label} value={metadata} />}
    </>
  );
}

function Part({
  title,
  level,
  value,
}: {
  readonly title: ReactNode;
  readonly level: StoredDatasetRow['label'];
  readonly value: unknown;
}): ReactElement {
  return (
    <section className="stack gap-4">
      <h3 className={styles['dataset-part']}>{title}</h3>
      <ValueView value={{ value, label: { level, marks: [] } }} />
    </section>
  );
}
