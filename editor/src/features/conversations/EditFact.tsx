import { ChangeFactRequest, type StoredFact } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { LinesField, TextField } from '../../ui/fields/FormFields.js';
import { readForm } from '../../ui/forms/read-form.js';

const messages: Readonly<Record<string, string>> = {
  text: 'Enter a text of at most 2,000 characters.',
  expiresAt: 'Enter a date.',
};

/** Changes the text and the expiry of a fact. */
export function EditFact({
  fact: { id, key, text, expiresAt },
  onClose,
  onSaved,
}: {
  readonly fact: StoredFact;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}): ReactElement {
  const [written, setWritten] = useState(text);
  const [day, setDay] = useState(expiresAt === undefined ? '' : dayOf(expiresAt));
  const isChanged = written.trim() !== text || day !== (expiresAt === undefined ? '' : dayOf(expiresAt));
  return (
    <FormDialog
      title={`Edit “${key}”`}
      verb="Save"
      hasOwnChecks
      isDisabled={written.trim() === '' || !isChanged}
      onSubmit={async () => {
        const change = { text: written, expiresAt: day === '' ? null : new Date(`${day}T00:00`).getTime() };
        await client.POST('/api/facts/{id}', {
          params: { path: { id } },
          body: readForm(ChangeFactRequest, change, messages),
        });
        onSaved();
        onClose();
      }}
      onClose={onClose}
    >
      <LinesField title="Text" value={written} rows={4} isFirst onChange={setWritten} />
      <TextField
        title="Expires on"
        type="date"
        value={day}
        help="Empty: the fact is kept until it is erased."
        onChange={setDay}
      />
      <p className="quiet">The fact keeps its label. Earlier runs keep what they read.</p>
    </FormDialog>
  );
}

/** The day of a time in the browser's time zone, in the format of a date field. */
function dayOf(time: number): string {
  const date = new Date(time);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-');
}
