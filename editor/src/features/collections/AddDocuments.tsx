import { FolderUp, Upload } from 'lucide-react';
import { useRef, useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useAction } from '../../data/queries/use-action.js';
import { isOpenJob, useJobs } from '../../data/queries/use-topic.js';
import { Dialog } from '../../ui/dialogs/Dialog.js';
import { uploadForm, type NamedFile } from '../../ui/fields/read-dropped.js';
import { useFileDrop } from '../../ui/fields/use-file-drop.js';
import { Notice } from '../../ui/states/Notice.js';
import { FileChoice } from '../../ui/fields/FileChoice.js';
import { IngestList } from './IngestList.js';

/** Takes files into a collection, and shows how far their import is. The server goes on when the dialog is closed. */
export function AddDocuments({
  name,
  title,
  onClose,
}: {
  readonly name: string;
  readonly title: string;
  readonly onClose: () => void;
}): ReactElement {
  // The imports of this dialog: others of the collection have their own location.
  const [imports, setImports] = useState<ReadonlySet<string>>(new Set());
  const [sent, setSent] = useState<ReadonlyMap<string, File>>(new Map());
  const jobs = useJobs().filter(({ jobId }) => imports.has(jobId));
  const action = useAction();
  const field = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const send = (files: readonly NamedFile[]): void => {
    setSent((before) => new Map([...before, ...files.map(({ id, file }) => [id, file] as const)]));
    action.run(async () => {
      const { jobId } = await client.POST('/api/collections/{name}/documents', {
        params: { path: { name } },
        body: uploadForm(files),
      });
      setImports((before) => new Set([...before, jobId]));
    });
  };
  const drop = useFileDrop(send);
  const isImporting = action.isBusy || jobs.some(isOpenJob);
  return (
    <Dialog title={`Add files to ${title}`} onClose={onClose}>
      <div className="dialog-form" {...drop.handlers}>
        <div className="add-documents boxed" data-drop={drop.isOver || undefined}>
          <p>Drop files or folders here: PDF, Word, Excel, HTML, Markdown, text and more.</p>
          <div className="wrapped gap-8">
            <button type="button" className="button" disabled={action.isBusy} onClick={() => field.current?.click()}>
              <Upload size={15} aria-hidden /> {action.isBusy ? 'Sending…' : 'Choose files'}
            </button>
            <button type="button" className="button" disabled={action.isBusy} onClick={() => folder.current?.click()}>
              <FolderUp size={15} aria-hidden /> Choose folder
            </button>
          </div>
          <FileChoice field={field} label="Files to import" onFiles={send} />
          <FileChoice field={folder} label="Folder to import" isFolder onFiles={send} />
        </div>
        {action.error === undefined ? null : <Notice error={action.error} />}
        <IngestList
          jobs={jobs}
          canRetry={(id) => sent.has(id)}
          onRetry={(ids) =>
            send(
              ids.flatMap((id) => {
                const file = sent.get(id);
                return file === undefined ? [] : [{ id, file }];
              }),
            )
          }
        />
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
