import clsx from 'clsx';
import { useState, type ReactElement } from 'react';
import { useAction } from '../../data/queries/use-action.js';
import { isOpenJob, useJobs } from '../../data/queries/use-topic.js';
import { Dialog } from '../../ui/dialogs/Dialog.js';
import { readableFormats } from '@heddle/core';
import { useFileDrop } from '../../ui/fields/use-file-drop.js';
import { Notice } from '../../ui/states/Notice.js';
import { useMay } from '../../data/access/me-store.js';
import { ReadersField, type ReadersValue } from '../readers/index.js';
import { FileButtons } from './FileButtons.js';
import { IngestList } from './IngestList.js';
import { useUpload } from './use-upload.js';
import styles from './collections.module.css';

/** Imports files into a collection and shows the progress. The server continues after the dialog is closed. */
export function AddDocuments({
  name,
  title,
  onClose,
}: {
  readonly name: string;
  readonly title: string;
  readonly onClose: () => void;
}): ReactElement {
  // The imports of this dialog; the page shows the others.
  const [imports, setImports] = useState<ReadonlySet<string>>(new Set());
  const jobs = useJobs().filter(({ jobId }) => imports.has(jobId));
  const action = useAction();
  const [readers, setReaders] = useState<ReadersValue>();
  const mayManage = useMay('reader:manage');
  const noteJob = (jobId: string): void => setImports((before) => new Set([...before, jobId]));
  const upload = useUpload(name, action, { onJob: noteJob, readers });
  const drop = useFileDrop(upload.send);
  const isImporting = action.isBusy || jobs.some(isOpenJob);
  return (
    <Dialog title={`Add files to ${title}`} onClose={onClose}>
      <div className="dialog-form" {...drop.handlers}>
        {mayManage ? (
          <ReadersField value={readers} unchanged="By the rules and earlier settings" onChange={setReaders} />
        ) : null}
        <div className={clsx(styles['add-documents'], 'boxed')} data-drop={drop.isOver || undefined}>
          <p>Drop files or folders here. {readableFormats()} can be read.</p>
          <div className="wrapped gap-8">
            <FileButtons verb="Choose" isBusy={action.isBusy} onFiles={upload.send} />
          </div>
        </div>
        {action.error === undefined ? null : <Notice error={action.error} />}
        <IngestList jobs={jobs} canRetry={upload.canRetry} onRetry={upload.retry} />
        <div className="dialog-actions">
          {isImporting ? <span className="quiet">The import goes on when you close this.</span> : null}
          <button type="button" className="button button-primary" onClick={onClose}>
            {isImporting ? 'Close' : 'Done'}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
