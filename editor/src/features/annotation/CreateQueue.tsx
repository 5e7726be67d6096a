import { CreateQueueRequest, LabelLevel } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { ApiError } from '../../data/http/http.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { LinesField, NumberField, SelectField, SwitchField, TextField } from '../../ui/fields/FormFields.js';
import { readForm } from '../../ui/forms/read-form.js';
import { navigate, qualityPath } from '../../ui/navigation/route.js';
import { AssigneesField } from './AssigneesField.js';
import { exampleCriteria, readCriteria } from './criteria-text.js';

const kinds = [
  ['rate', 'One answer at a time'],
  ['compare', 'Two answers: which is better'],
] as const;

const problems = {
  name: 'Write a name of at most 200 characters.',
  double: 'The share that is annotated twice must be from 0 to 100 %.',
};

export function CreateQueue({ onClose }: { readonly onClose: () => void }): ReactElement {
  const [name, setName] = useState('');
  const [kind, setKind] = useState<CreateQueueRequest['kind']>('rate');
  const [instructions, setInstructions] = useState('');
  const [criteria, setCriteria] = useState(exampleCriteria);
  const [hasText, setText] = useState(false);
  const [hasCorrection, setCorrection] = useState(true);
  const [double, setDouble] = useState<number | undefined>(20);
  const [assignees, setAssignees] = useState<readonly string[]>([]);
  const [clearance, setClearance] = useState<LabelLevel>('internal');
  const submit = async (): Promise<void> => {
    const read = readCriteria(criteria);
    if (typeof read === 'string') throw new ApiError('bad_request', read, 0);
    const rubric = { instructions, criteria: read, hasText, hasCorrection };
    const draft = { name, kind, rubric, assignees, double: (double ?? 0) / 100, clearance };
    const made = await client.POST('/api/annotation-queues', { body: readForm(CreateQueueRequest, draft, problems) });
    onClose();
    navigate(qualityPath('feedback', made.id));
  };
  return (
    <FormDialog title="New queue" verb="Create queue" hasOwnChecks onSubmit={submit} onClose={onClose}>
      <TextField title="Name" value={name} isFirst isRequired maxLength={200} onChange={setName} />
      <SelectField title="People judge" value={kind} choices={kinds} onChange={setKind} />
      <LinesField
        title="Criteria"
        value={criteria}
        rows={3}
        help="One per line: a name, a colon, and at least two levels, each a number and a word."
        onChange={setCriteria}
      />
      <LinesField
        title="Instructions"
        value={instructions}
        maxLength={5_000}
        help="What people should look at, and what each level means."
        onChange={setInstructions}
      />
      <SwitchField title="Ask for the corrected answer" value={hasCorrection} onChange={setCorrection} />
      <SwitchField title="Ask for a comment" value={hasText} onChange={setText} />
      <AssigneesField value={assignees} onChange={setAssignees} />
      <NumberField
        title="Annotated twice (%)"
        value={double}
        max={100}
        help="The share of answers that two people judge, to measure how well people agree."
        onChange={setDouble}
      />
      <SelectField
        title="Shows runs up to"
        value={clearance}
        choices={LabelLevel.options.map((level) => [level, level] as const)}
        help="Runs with a stricter label are left out."
        onChange={setClearance}
      />
    </FormDialog>
  );
}
