import { IndexGate } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { useMay } from '../../../data/access/me-store.js';
import { client } from '../../../data/api/client.js';
import { useAction } from '../../../data/queries/use-action.js';
import { useGet } from '../../../data/queries/use-get.js';
import { NumberField, SelectField } from '../../../ui/fields/FormFields.js';
import { readForm } from '../../../ui/forms/read-form.js';
import { Notice } from '../../../ui/states/Notice.js';
import { WhenLoaded } from '../../../ui/states/WhenLoaded.js';
import { metricTitles } from './reindex-text.js';
import styles from '../collections.module.css';

/** The gate that a new index must pass before it serves. The panel loads when its section opens. */
export function IndexGatePanel({ name }: { readonly name: string }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="section" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Gate for a new index</summary>
      {isOpen ? <LoadedGate name={name} /> : null}
    </details>
  );
}

function LoadedGate({ name }: { readonly name: string }): ReactElement {
  const loaded = useGet('/api/collections/{name}/index-gate', { params: { path: { name } } });
  return (
    <WhenLoaded loaded={loaded}>
      {({ gate }) => <GateForm key={JSON.stringify(gate)} name={name} gate={gate} again={loaded.again} />}
    </WhenLoaded>
  );
}

const metrics = (['ndcg', 'recall', 'reciprocalRank'] as const).map(
  (metric) => [metric, metricTitles[metric]] as const,
);

function GateForm({
  name,
  gate,
  again,
}: {
  readonly name: string;
  readonly gate: IndexGate | undefined;
  readonly again: () => void;
}): ReactElement {
  const [dataset, setDataset] = useState(gate?.dataset ?? '');
  const [metric, setMetric] = useState(gate?.metric ?? 'ndcg');
  const [points, setPoints] = useState<number | undefined>((gate?.maxLoss ?? 0.02) * 100);
  const datasets = useGet('/api/datasets', {}, (reply) => reply.datasets);
  const action = useAction();
  const mayManage = useMay('gate:manage');
  const params = { path: { name } };
  const choices = (datasets.value ?? []).map(({ id, name: title }) => [id, title] as const);
  const isListed = dataset === '' || choices.some(([id]) => id === dataset);
  return (
    <form
      className="stack gap-12"
      aria-label="Gate for a new index"
      onSubmit={(event) => {
        event.preventDefault();
        action.run(async () => {
          const asked = { ...gate, dataset, metric, maxLoss: points === undefined ? undefined : points / 100 };
          const body = readForm(IndexGate, asked, { maxLoss: 'The allowed loss is a number of points from 0 to 100.' });
          await client.PUT('/api/collections/{name}/index-gate', { params, body });
          again();
        });
      }}
    >
      <p className="quiet">
        Before a new index serves, it is searched with the labelled questions of a dataset. If it loses more than you
        allow, the switch is refused. Going back is never refused.
      </p>
      {action.error === undefined ? null : <Notice error={action.error} />}
      <div className={styles['index-compare']}>
        <SelectField
          title="Dataset"
          value={dataset}
          isReadOnly={!mayManage}
          choices={[['', 'No gate'], ...(isListed ? [] : [[dataset, 'A deleted dataset'] as const]), ...choices]}
          onChange={setDataset}
        />
        <SelectField title="Figure" value={metric} isReadOnly={!mayManage} choices={metrics} onChange={setMetric} />
        <NumberField
          title="Allowed loss, in points"
          value={points}
          max={100}
          step={0.1}
          isReadOnly={!mayManage}
          onChange={setPoints}
        />
        {mayManage ? (
          <>
            <button type="submit" className="button" disabled={action.isBusy || dataset === ''}>
              Save the gate
            </button>
            {gate === undefined ? null : (
              <button
                type="button"
                className="button"
                disabled={action.isBusy}
                onClick={() =>
                  action.run(async () => {
                    await client.DELETE('/api/collections/{name}/index-gate', { params });
                    again();
                  })
                }
              >
                Remove it
              </button>
            )}
          </>
        ) : null}
      </div>
      <p className="quiet" role="status">
        {gate === undefined ? 'No gate: every new index may serve.' : 'The gate is set.'}
      </p>
    </form>
  );
}
