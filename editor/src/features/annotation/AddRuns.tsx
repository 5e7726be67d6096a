import type { AddItemsReply, FeedbackFilter } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { ApiError } from '../../data/http/http.js';
import { useAction } from '../../data/queries/use-action.js';
import { useWorkflows } from '../../data/queries/use-workflows.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { LinesField, NumberField, SelectField } from '../../ui/fields/FormFields.js';

const feedbackChoices: readonly (readonly [FeedbackFilter | '', string])[] = [
  ['', 'Any'],
  ['any', 'With feedback'],
  ['bad', 'Bad feedback'],
  ['good', 'Good feedback'],
  ['comment', 'With a comment'],
];

/** Adds runs to a queue: by a filter, or by their ids; to a queue that compares, pairs of ids. */
export function AddRuns({
  queue,
  isPairs,
  onAdded,
  onClose,
}: {
  readonly queue: string;
  readonly isPairs: boolean;
  readonly onAdded: (reply: AddItemsReply) => void;
  readonly onClose: () => void;
}): ReactElement {
  const { choices } = useWorkflows();
  const [workflow, setWorkflow] = useState('');
  const [feedback, setFeedback] = useState<FeedbackFilter | ''>('');
  const [limit, setLimit] = useState<number | undefined>(100);
  const [sample, setSample] = useState<number>();
  const [ids, setIds] = useState('');
  const action = useAction();
  const submit = async (): Promise<void> => {
    const params = { path: { id: queue } };
    const lines = ids.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim().split(/[\s,]+/)]));
    const filter = { workflow, limit: limit ?? 100, ...(feedback === '' ? {} : { feedback }) };
    if (isPairs && (lines.length === 0 || lines.some((line) => line.length !== 2)))
      throw new ApiError('bad_request', 'Write two ids a line.', 0);
    if (!isPairs && workflow === '' && lines.length === 0)
      throw new ApiError('bad_request', 'Choose a workflow, or write ids of runs.', 0);
    const chosen = isPairs
      ? { pairs: lines.map(([first = '', second = '']): [string, string] => [first, second]) }
      : lines.length > 0
        ? { runs: lines.flat() }
        : { filter };
    const body = sample === undefined ? chosen : { ...chosen, sample };
    onAdded(await client.POST('/api/annotation-queues/{id}/items', { params, body }));
    onClose();
  };
  return (
    <FormDialog title="Add runs" verb="Add runs" action={action} hasOwnChecks onSubmit={submit} onClose={onClose}>
      {isPairs ? null : (
        <>
          <SelectField
            title="Newest runs of"
            value={workflow}
            choices={[['', 'Choose a workflow'] as const, ...choices]}
            onChange={setWorkflow}
          />
          <SelectField title="Feedback" value={feedback} choices={feedbackChoices} onChange={setFeedback} />
          <NumberField title="At most" value={limit} min={1} max={1_000} onChange={setLimit} />
        </>
      )}
      <NumberField
        title="Random sample of"
        value={sample}
        min={1}
        max={1_000}
        help="Empty: all of them."
        onChange={setSample}
      />
      <LinesField
        title={isPairs ? 'Runs to compare' : 'Or these runs'}
        value={ids}
        rows={3}
        isCode
        help={isPairs ? 'Two ids of runs a line.' : 'Ids of runs, one a line.'}
        onChange={setIds}
      />
    </FormDialog>
  );
}
