import clsx from 'clsx';
import { FileUp } from 'lucide-react';
import { useId, useRef, useState, type ReactElement } from 'react';
import { useMay } from '../../../data/access/me-store.js';
import { useGet } from '../../../data/queries/use-get.js';
import { useFileDrop } from '../../../ui/fields/use-file-drop.js';
import { WhenLoaded } from '../../../ui/states/WhenLoaded.js';
import { BatchCard } from './BatchCard.js';
import { NewBatch } from './NewBatch.js';
import { batchesNow, type TriggerNews } from '../use-trigger-states.js';
import batchesStyles from './batches.module.css';
import triggersStyles from '../triggers.module.css';

/** The batches of a workflow. A batch runs the workflow for each row of a file. */
export function BatchesSection({
  workflow,
  isLive,
  news,
}: {
  readonly workflow: string;
  readonly isLive: boolean;
  readonly news: TriggerNews;
}): ReactElement {
  const mayStart = useMay('run:published');
  const id = useId();
  const loaded = useGet(
    '/api/workflows/{id}/batches',
    { params: { path: { id: workflow } } },
    ({ batches }) => batches,
  );
  const { value, again } = loaded;
  const [file, setFile] = useState<File>();
  const input = useRef<HTMLInputElement>(null);
  const chooseFile = (given: File | undefined): void => setFile(given);
  const drop = useFileDrop((files) => chooseFile(files[0]?.file));
  const canStart = mayStart && isLive;
  const batches = value === undefined ? undefined : batchesNow(value, news);
  return (
    <section
      className={clsx(triggersStyles['trigger-section'], 'stack')}
      aria-labelledby={id}
      {...(canStart ? drop.handlers : {})}
    >
      <header className={triggersStyles['trigger-lead']}>
        <div>
          <h2 id={id}>Batches</h2>
          <p className="quiet">
            The live version runs for each row of a CSV or JSONL file. Every row is checked before the first one runs; a
            batch continues after a pause or a restart, and no row runs twice.
          </p>
        </div>
      </header>
      {file === undefined ? (
        <div className={clsx(batchesStyles['batch-drop'], 'aligned-wrapped')} data-over={drop.isOver || undefined}>
          <FileUp size={20} aria-hidden />
          <p>
            {canStart
              ? 'Drop a CSV or JSONL file here, or'
              : isLive
                ? 'Starting a batch needs the role runner or editor in this project.'
                : 'Publish the workflow first: a batch runs its live version.'}
          </p>
          <button type="button" className="button" disabled={!canStart} onClick={() => input.current?.click()}>
            Choose file
          </button>
          <input
            ref={input}
            type="file"
            hidden
            accept=".csv,.tsv,.jsonl,.ndjson,text/csv"
            aria-label="File with rows"
            onChange={(event) => {
              chooseFile(event.target.files?.[0]);
              event.target.value = '';
            }}
          />
        </div>
      ) : (
        <NewBatch
          key={`${file.name} ${file.lastModified} ${file.size}`}
          workflow={workflow}
          file={file}
          onBegun={() => {
            setFile(undefined);
            again();
          }}
          onClose={() => setFile(undefined)}
        />
      )}
      <WhenLoaded
        loaded={{ ...loaded, value: batches }}
        empty="No batches yet. The first line of a CSV file names its columns; each line of a JSONL file is one object. Each row becomes a run, and all results can be downloaded."
      >
        {(list) => (
          <ul className="stack gap-14">
            {list.map((batch) => (
              <BatchCard key={batch.id} workflow={workflow} batch={batch} onRemoved={again} onChanged={again} />
            ))}
          </ul>
        )}
      </WhenLoaded>
    </section>
  );
}
