import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useGet } from '../../data/queries/use-get.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { SelectField, TextField } from '../../ui/fields/FormFields.js';
import { navigate, qualityPath } from '../../ui/navigation/route.js';

const days = [
  ['', 'At any time'],
  ['1', 'In the last day'],
  ['7', 'In the last 7 days'],
  ['30', 'In the last 30 days'],
] as const;
const dayMs = 86_400_000;
const mostRuns = 10_000;

/** Starts a replay of a workflow's latest runs on its draft, and opens it. */
export function StartReplay({
  workflow: given,
  onClose,
}: {
  /** The workflow to replay. Without it, the form has a field for it. */
  readonly workflow?: string;
  readonly onClose: () => void;
}): ReactElement {
  const [workflow, setWorkflow] = useState(given ?? '');
  const [runs, setRuns] = useState('100');
  const [since, setSince] = useState('');
  const [asksModels, setAsksModels] = useState(true);
  const limit = Number(runs);
  const isLimit = Number.isInteger(limit) && limit >= 1 && limit <= mostRuns;
  const submit = async (): Promise<void> => {
    const filter = { limit, since: since === '' ? undefined : Date.now() - Number(since) * dayMs };
    const { id } = await client.POST('/api/replays', { body: { workflow, filter, models: asksModels } });
    onClose();
    navigate(qualityPath('replays', id));
  };
  return (
    <FormDialog
      title="Replay the last runs on the draft"
      verb="Start replay"
      isDisabled={workflow === '' || !isLimit}
      onSubmit={submit}
      onClose={onClose}
    >
      {given === undefined ? <WorkflowField value={workflow} onChange={setWorkflow} /> : null}
      <TextField
        title="Most runs"
        value={runs}
        inputMode="numeric"
        isRequired
        isFirst
        error={isLimit ? undefined : 'A number from 1 to 10,000.'}
        help="The newest runs that you may read."
        onChange={setRuns}
      />
      <SelectField title="Accepted" value={since} choices={days} onChange={setSince} />
      <label className="choice">
        <input type="checkbox" checked={asksModels} onChange={(event) => setAsksModels(event.target.checked)} />
        <span>Ask models where a node changed. This can cost money; labels and budgets hold.</span>
      </label>
      <p className="quiet">Requests, tools, people and stores answer from the recorded runs. Nothing is sent.</p>
    </FormDialog>
  );
}

function WorkflowField({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactElement {
  const workflows = useGet('/api/workflows', {}, ({ workflows: list }) => list);
  const choices = (workflows.value ?? []).map(({ id, name }) => [id, name] as const);
  return <SelectField title="Workflow" value={value} choices={[['', 'Choose'], ...choices]} onChange={onChange} />;
}
