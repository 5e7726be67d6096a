import type { AddItemsReply, FeedbackFilter } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { ApiError } from '../../data/http/http.js';
import { useGet } from '../../data/queries/use-get.js';
import { useWorkflows } from '../../data/queries/use-workflows.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { LinesField, NumberField, SelectField } from '../../ui/fields/FormFields.js';

const feedbackChoices: readonly (readonly [FeedbackFilter | '', string])[] = [
  ['', 'Any'],
  ['any', 'With feedback'],
  ['bad', 'Bad feedback'],
  ['good', 'Good feedback'],
  ['comment', 'With a comment'],
  ['correction', 'With a correction'],
];

const sources = [
  ['newest', 'The newest of a workflow'],
  ['judges', 'Runs on which judges disagree most'],
  ['ids', 'By their ids'],
] as const;

const missingText = {
  newest: 'Choose a workflow.',
  judges: 'Choose an experiment.',
  ids: 'Enter run ids.',
} as const;

/** Adds runs to a queue: by a filter, by disagreement of judges, or by their ids. A `compare` queue takes pairs of ids. */
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
  const [source, setSource] = useState<'newest' | 'judges' | 'ids'>(isPairs ? 'ids' : 'newest');
  const [experiment, setExperiment] = useState('');
  const experiments = useGet('/api/experiments', {}, (reply) => reply.experiments);
  const submit = async (): Promise<void> => {
    const params = { path: { id: queue } };
    const lines = ids.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim().split(/[\s,]+/)]));
    const filter = { workflow, limit: limit ?? 100, ...(feedback === '' ? {} : { feedback }) };
    const disagreement = { experiment, limit: limit ?? 100 };
    if (isPairs && (lines.length === 0 || lines.some((line) => line.length !== 2)))
      throw new ApiError('bad_request', 'Enter two ids per line.', 0);
    const missing = { newest: workflow === '', judges: experiment === '', ids: lines.length === 0 }[source];
    if (missing) throw new ApiError('bad_request', missingText[source], 0);
    const chosen = isPairs
      ? { pairs: lines.map(([first = '', second = '']): [string, string] => [first, second]) }
      : { newest: { filter }, judges: { disagreement }, ids: { runs: lines.flat() } }[source];
    const body = sample === undefined ? chosen : { ...chosen, sample };
    onAdded(await client.POST('/api/annotation-queues/{id}/items', { params, body }));
    onClose();
  };
  return (
    <FormDialog title="Add runs" verb="Add runs" hasOwnChecks onSubmit={submit} onClose={onClose}>
      {isPairs ? null : <SelectField title="Runs" value={source} choices={sources} onChange={setSource} />}
      {source === 'newest' ? (
        <>
          <SelectField
            title="Newest runs of"
            value={workflow}
            choices={[['', 'Choose a workflow'] as const, ...choices]}
            onChange={setWorkflow}
          />
          <SelectField title="Feedback" value={feedback} choices={feedbackChoices} onChange={setFeedback} />
        </>
      ) : null}
      {source === 'judges' ? (
        <SelectField
          title="Experiment"
          value={experiment}
          choices={[
            ['', experiments.value?.length === 0 ? 'No experiment yet' : 'Choose an experiment'] as const,
            ...(experiments.value ?? []).map(({ id, name }) => [id, name] as const),
          ]}
          help="Its runs with the largest difference between two judges, or between two models of a panel, come first."
          onChange={setExperiment}
        />
      ) : null}
      {source === 'ids' ? null : <NumberField title="At most" value={limit} min={1} max={1_000} onChange={setLimit} />}
      <NumberField
        title="Random sample of"
        value={sample}
        min={1}
        max={1_000}
        help="Empty: all of them."
        onChange={setSample}
      />
      {source === 'ids' ? (
        <LinesField
          title={isPairs ? 'Runs to compare' : 'These runs'}
          value={ids}
          rows={3}
          isCode
          help={isPairs ? 'Two run ids per line.' : 'Run ids, one per line.'}
          onChange={setIds}
        />
      ) : null}
    </FormDialog>
  );
}
