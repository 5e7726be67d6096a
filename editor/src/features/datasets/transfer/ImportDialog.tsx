import type { DatasetFormat, LabelLevel } from '@heddle/core';
import { Upload } from 'lucide-react';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import type { ApiError } from '../../../data/http/http.js';
import { useAction } from '../../../data/queries/use-action.js';
import { FormDialog } from '../../../ui/dialogs/FormDialog.js';
import { FileChoice } from '../../../ui/fields/FileChoice.js';
import { SelectField, TextField } from '../../../ui/fields/FormFields.js';
import { uploadForm, type NamedFile } from '../../../ui/fields/read-dropped.js';
import { useFileDrop } from '../../../ui/fields/use-file-drop.js';
import { levelChoices } from '../../../ui/format/level-choices.js';
import { formatChoices, guessFormat } from './formats.js';
import styles from '../datasets.module.css';

/** Imports the rows of files as the next version. If any line is invalid, the dialog lists the problems and nothing is imported. */
export function ImportDialog({
  dataset,
  files: given,
  splits,
  onImported,
  onClose,
}: {
  readonly dataset: string;
  /** Files that were dropped on the page. */
  readonly files: readonly NamedFile[];
  readonly splits: readonly string[];
  readonly onImported: (said: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const [files, setFiles] = useState(given);
  const [chosen, setChosen] = useState<DatasetFormat>();
  const [guessed, setGuessed] = useState<DatasetFormat>('jsonl');
  const [mode, setMode] = useState<'add' | 'replace'>('add');
  const [label, setLabel] = useState<LabelLevel>('internal');
  const [split, setSplit] = useState('');
  const [documentPrefix, setDocumentPrefix] = useState('');
  const [note, setNote] = useState('');
  const action = useAction();
  const field = useRef<HTMLInputElement>(null);
  const drop = useFileDrop(setFiles);
  useEffect(() => {
    const [first] = files;
    if (first === undefined) return undefined;
    const names = files.map(({ id }) => id);
    let isOver = false;
    void beginningOf(first.file).then((beginning) => (isOver ? undefined : setGuessed(guessFormat(names, beginning))));
    return () => {
      isOver = true;
    };
  }, [files]);
  const format = chosen ?? guessed;
  const isJudged = format === 'beir' || format === 'trec';
  const submit = async (): Promise<void> => {
    const query = {
      format,
      mode,
      label,
      split: split.trim() || undefined,
      note: note.trim() || undefined,
      documentPrefix: (isJudged && documentPrefix.trim()) || undefined,
    };
    const { added, removed, unchanged, version } = await client.POST('/api/datasets/{id}/import', {
      params: { path: { id: dataset }, query },
      body: uploadForm(files),
    });
    onImported(
      added + removed === 0
        ? `Nothing is new: ${unchanged} rows are in the dataset already.`
        : `Version ${version}: ${added} rows added, ${removed} removed, ${unchanged} unchanged.`,
    );
  };
  const lines = problemLines(action.error);
  return (
    <FormDialog
      title="Import rows"
      verb={action.isBusy ? 'Importing…' : 'Import rows'}
      action={lines === undefined ? action : { ...action, error: undefined }}
      isDisabled={files.length === 0}
      hasOwnChecks
      isWide
      onSubmit={submit}
      onClose={onClose}
    >
      <div className={styles['dataset-drop']} data-over={drop.isOver || undefined} {...drop.handlers}>
        <button type="button" className="button" onClick={() => field.current?.click()}>
          <Upload size={14} aria-hidden /> Choose files
        </button>
        <span className="quiet">
          {files.length === 0
            ? 'or drop them here'
            : files
                .map(({ id }) => id)
                .join(', ')
                .slice(0, 300)}
        </span>
        <FileChoice field={field} label="Files with rows" onFiles={setFiles} />
      </div>
      <div className={styles['dataset-fields']}>
        <SelectField
          title="Format"
          help={chosen === undefined && files.length > 0 ? 'Guessed from the file.' : undefined}
          value={format}
          choices={formatChoices}
          onChange={setChosen}
        />
        <SelectField
          title="Rows that are there already"
          value={mode}
          choices={[
            ['add', 'Keep them'],
            ['replace', 'Remove those that the file does not have'],
          ]}
          onChange={setMode}
        />
        <SelectField title="Label of rows without one" value={label} choices={levelChoices} onChange={setLabel} />
        <TextField
          title="Split of rows without one"
          value={split}
          suggestions={splits}
          maxLength={100}
          onChange={setSplit}
        />
      </div>
      {isJudged ? (
        <TextField
          title="Beginning of document ids"
          help="What ids in your collection begin with, and those in the judgements do not. Records of a file corpus.jsonl begin with corpus.jsonl#."
          value={documentPrefix}
          placeholder="corpus.jsonl#"
          maxLength={500}
          onChange={setDocumentPrefix}
        />
      ) : null}
      <TextField
        title="Note"
        help="What changed, for the list of versions."
        value={note}
        maxLength={500}
        onChange={setNote}
      />
      {lines === undefined ? null : (
        <div className="failure" role="alert">
          <p className="failure-title">{lines[0]} Nothing was imported.</p>
          <ul className={styles['dataset-problems']}>
            {lines.slice(1).map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </div>
      )}
    </FormDialog>
  );
}

/** The problems with lines of the files, if the server refused them. */
function problemLines(error: ApiError | undefined): readonly string[] | undefined {
  if (error?.code !== 'dataset_invalid') return undefined;
  return error.message.split('\n').filter((line) => line !== '');
}

/** The beginning of a file, enough to read the first row. */
function beginningOf(file: File): Promise<string> {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(typeof reader.result === 'string' ? reader.result : '');
    reader.onerror = () => resolve('');
    reader.readAsText(file.slice(0, 20_000));
  });
}
