import type { DatasetFormat } from '@heddle/core';
import { addressOf } from '@heddle/core/api-client';
import { useState, type ReactElement } from 'react';
import { send } from '../../../data/http/http.js';
import { saveFile } from '../../../ui/buttons/save-file.js';
import { FormDialog } from '../../../ui/dialogs/FormDialog.js';
import { SelectField } from '../../../ui/fields/FormFields.js';
import { endingOf, formatParts, formatChoices } from './formats.js';

const partTitles: Readonly<Record<string, string>> = {
  rows: 'Rows',
  registry: 'Registry (YAML)',
  yaml: 'Tests (YAML)',
  queries: 'Questions',
  qrels: 'Judgements (qrels)',
  corpus: 'Documents (corpus)',
};

/** Saves a version as a file. The export is recorded in the audit log. */
export function ExportDialog({
  dataset,
  name,
  version,
  onClose,
}: {
  readonly dataset: string;
  readonly name: string;
  readonly version: number;
  readonly onClose: () => void;
}): ReactElement {
  const [format, setFormat] = useState<DatasetFormat>('jsonl');
  const [asked, setPart] = useState('rows');
  const all = formatParts[format];
  const part = all === undefined ? 'rows' : all.includes(asked) ? asked : (all[0] ?? 'rows');
  const submit = async (): Promise<void> => {
    const query = { format, part, version };
    const response = await send(addressOf('/api/datasets/{id}/export', { path: { id: dataset }, query }));
    const title = name.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 60) || 'dataset';
    const suffix = part === 'rows' ? '' : `-${part}`;
    saveFile(`${title}-v${version}${suffix}.${endingOf(format, part)}`, await response.blob());
    onClose();
  };
  return (
    <FormDialog title={`Export version ${version}`} verb="Save file" onSubmit={submit} onClose={onClose}>
      <SelectField title="Format" value={format} choices={formatChoices} onChange={setFormat} />
      {all === undefined ? null : (
        <SelectField
          title="File"
          value={part}
          choices={all.map((one) => [one, partTitles[one] ?? one] as const)}
          onChange={setPart}
        />
      )}
      <p className="quiet">Rows keep their label in the file, where the format can hold it. The export is recorded.</p>
    </FormDialog>
  );
}
