import type { ForgottenReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { Dialog } from '../../../ui/dialogs/Dialog.js';
import { FormDialog } from '../../../ui/dialogs/FormDialog.js';
import { TextField } from '../../../ui/fields/FormFields.js';

/** The kinds of erased data, in the order of the report. */
const kinds: readonly (readonly [keyof ForgottenReply['erased'], string])[] = [
  ['conversations', 'Conversations'],
  ['turns', 'Messages'],
  ['facts', 'Facts'],
  ['runs', 'Runs'],
  ['ended', 'Runs that were ended first'],
  ['contents', 'Contents of model calls'],
  ['files', 'Files'],
  ['cachedResults', 'Cached results'],
  ['feedback', 'Feedback'],
  ['traces', 'Other rows'],
];

/** Erases the data of a person, then reports what was erased and what remains. */
export function ForgetPerson({
  subject: given,
  name,
  onClose,
}: {
  readonly subject?: string;
  readonly name?: string;
  readonly onClose: () => void;
}): ReactElement {
  const [written, setWritten] = useState('end-user:');
  const [report, setReport] = useState<ForgottenReply>();
  const subject = given ?? written.trim();
  const title = name === undefined ? 'Forget a person' : `Forget ${name}?`;
  if (report !== undefined)
    return (
      <Dialog title="Forgotten" onClose={onClose}>
        <div className="dialog-form">
          <table className="table" aria-label="Erased">
            <tbody>
              {kinds.map(([kind, caption]) => (
                <tr key={kind}>
                  <th scope="row">{caption}</th>
                  <td>{report.erased[kind]}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p>What remains:</p>
          <ul>
            {report.remains.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
          <div className="dialog-actions">
            <button type="button" className="button" onClick={onClose}>
              Done
            </button>
          </div>
        </div>
      </Dialog>
    );
  return (
    <FormDialog
      title={title}
      verb="Forget"
      onClose={onClose}
      onSubmit={async () => setReport(await client.POST('/api/people/forget', { body: { subject } }))}
    >
      <p>
        Erases their conversations, facts, runs, files, feedback and contents of model calls in all projects. Unfinished
        runs are ended first. This cannot be undone.
      </p>
      {given === undefined ? (
        <TextField
          title="Subject"
          value={written}
          onChange={setWritten}
          isRequired
          isFirst
          help="user:ID, end-user:NAME, visitor:ID, key:ID or service:ID"
        />
      ) : null}
    </FormDialog>
  );
}
