import type { AnnotationQueue, CalibrateQueueReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useGet } from '../../data/queries/use-get.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { SelectField } from '../../ui/fields/FormFields.js';
import { Calibrations } from '../evaluators/index.js';

/** Compares the LLM judges of an experiment or a monitor with the annotations of a queue that has the same runs. */
export function CompareJudges({
  queue: { id, rubric },
  onClose,
}: {
  readonly queue: AnnotationQueue;
  readonly onClose: () => void;
}): ReactElement {
  const experiments = useGet('/api/experiments', {}, (reply) => reply.experiments);
  const monitors = useGet('/api/monitors', {}, (reply) => reply.monitors);
  const [judged, setJudged] = useState('');
  const [criterion, setCriterion] = useState(rubric.criteria[0]?.name ?? '');
  const [reply, setReply] = useState<CalibrateQueueReply>();
  const submit = async (): Promise<void> => {
    if (reply !== undefined) {
      onClose();
      return;
    }
    const [kind, of = ''] = judged.split(' ');
    const body = { criterion, ...(kind === 'monitor' ? { monitor: of } : { experiment: of }) };
    setReply(await client.POST('/api/annotation-queues/{id}/calibration', { params: { path: { id } }, body }));
  };
  const choose =
    (set: (value: string) => void) =>
    (value: string): void => {
      setReply(undefined);
      set(value);
    };
  return (
    <FormDialog
      title="Compare judges with people"
      verb={reply === undefined ? 'Compare' : 'Close'}
      isDisabled={judged === ''}
      onSubmit={submit}
      onClose={onClose}
    >
      <p>A judge is calibrated once people have judged 30 of the answers that it judged.</p>
      <SelectField
        title="Judges of"
        value={judged}
        choices={[
          ['', 'Choose an experiment or a monitor'] as const,
          ...(experiments.value ?? []).map((one) => [`experiment ${one.id}`, one.name] as const),
          ...(monitors.value ?? []).map((one) => [`monitor ${one.id}`, `${one.name} (monitor)`] as const),
        ]}
        onChange={choose(setJudged)}
      />
      {rubric.criteria.length > 1 ? (
        <SelectField
          title="Criterion"
          value={criterion}
          choices={rubric.criteria.map(({ name, title }) => [name, title] as const)}
          help="The criterion that the judges score too. Its lowest level counts as 0, its highest as 1."
          onChange={choose(setCriterion)}
        />
      ) : null}
      <div role="status">
        {reply?.judges.map(({ name, pairs, calibration }) => (
          <div key={name}>
            <p>
              {name} judged {pairs} answers of this queue.
            </p>
            <Calibrations of={{ [name]: calibration }} />
          </div>
        ))}
      </div>
    </FormDialog>
  );
}
