import type { Lab, LabScore } from '@heddle/core';
import { Trash2 } from 'lucide-react';
import { useEffect, useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useAction, type Action } from '../../data/queries/use-action.js';
import { useGet } from '../../data/queries/use-get.js';
import { useJobs } from '../../data/queries/use-topic.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { Link } from '../../ui/navigation/Link.js';
import { collectionPath, navigate, qualityPath } from '../../ui/navigation/route.js';
import { IfMay } from '../../ui/states/IfMay.js';
import { NotOpened } from '../../ui/states/NotOpened.js';
import { Notice } from '../../ui/states/Notice.js';
import { PageLayout } from '../../ui/states/PageLayout.js';
import { Progress } from '../../ui/states/Progress.js';
import { ApplyLab } from './ApplyLab.js';
import { LabChart } from './LabChart.js';
import { LabTable } from './LabTable.js';
import { learntText, progressOf, winnerText } from './lab-text.js';
import styles from './labs.module.css';

/** How many times the table loads again during a lab. */
const steps = 50;

/** A lab with its progress, results and actions. */
export function LabPage({
  dataset,
  id,
  tabs,
}: {
  readonly dataset: string;
  readonly id: string;
  readonly tabs: ReactElement;
}): ReactElement {
  const loaded = useGet('/api/datasets/{id}/labs/{lab}', { params: { path: { id: dataset, lab: id } } });
  const { value, again } = loaded;
  const action = useAction();
  const job = useJobs().find(({ jobId }) => jobId === value?.job);
  const progress = job === undefined ? undefined : progressOf(job.progress);
  const news = job === undefined ? '' : `${job.status} ${Math.floor((progress?.share ?? 0) * steps)}`;
  useEffect(() => {
    if (news !== '') again();
  }, [news, again]);
  if (loaded.error !== undefined && value === undefined)
    return <NotOpened error={loaded.error} again={again} back={{ href: qualityPath('labs'), name: 'All labs' }} />;
  return (
    <PageLayout
      title={value === undefined ? 'Lab' : `Lab of ${value.request.collection}`}
      actions={value === undefined ? undefined : <Actions lab={value} action={action} onDone={again} />}
    >
      {tabs}
      {action.error === undefined ? null : <Notice error={action.error} />}
      {value === undefined ? (
        <p className="quiet">Loading…</p>
      ) : (
        <Body lab={value} progress={value.status === 'running' ? (progress ?? progressOf({})) : undefined} />
      )}
    </PageLayout>
  );
}

function Body({
  lab,
  progress,
}: {
  readonly lab: Lab;
  readonly progress: ReturnType<typeof progressOf> | undefined;
}): ReactElement {
  const [applied, setApplied] = useState<LabScore>();
  const { request, report, dataset, version, error } = lab;
  const { questions, skipped, configurations } = report;
  return (
    <>
      <p className="quiet figure">
        <Link href={collectionPath(request.collection)}>{request.collection}</Link> · {questions} questions of{' '}
        <Link href={qualityPath('datasets', dataset)}>the dataset</Link>, version {version}
        {skipped === 0 ? '' : `, ${skipped === 1 ? '1 row' : `${skipped} rows`} skipped`} · {configurations.length}{' '}
        configurations{request.race ? '' : ' · without a race'}
      </p>
      {progress === undefined ? null : (
        <div className="aligned-wrapped gap-12">
          <Progress share={progress.share} label="Searches" />
          <span className="quiet figure">{progress.text}</span>
        </div>
      )}
      {error === undefined ? null : (
        <div className="failure" role="alert">
          <p className="failure-title">{lab.status === 'cancelled' ? 'The lab was stopped' : 'The lab failed'}</p>
          <p>{error.message}</p>
        </div>
      )}
      <p role="status" className={styles['lab-winner']} data-verdict={report.best?.verdict}>
        {winnerText(lab)}
      </p>
      {lab.status === 'done' && report.best?.learnt !== undefined ? <p>{learntText(lab, report.best.learnt)}</p> : null}
      <LabChart lab={lab} />
      <section className="section">
        <h2>Configurations</h2>
        <LabTable lab={lab} onApply={setApplied} />
      </section>
      {applied === undefined ? null : <ApplyLab lab={lab} score={applied} onClose={() => setApplied(undefined)} />}
    </>
  );
}

function Actions({
  lab: { dataset, id, status },
  action,
  onDone,
}: {
  readonly lab: Lab;
  readonly action: Action;
  readonly onDone: () => void;
}): ReactElement {
  const [isRemoving, setRemoving] = useState(false);
  const params = { path: { id: dataset, lab: id } };
  const act = (name: string, work: () => Promise<unknown>): ReactElement => (
    <button
      type="button"
      className="button"
      disabled={action.isBusy}
      onClick={() => action.run(() => work().then(onDone))}
    >
      {name}
    </button>
  );
  return (
    <>
      {status === 'cancelled' || status === 'failed' ? (
        <IfMay permission="workflow:write">
          {act('Continue', () => client.POST('/api/datasets/{id}/labs/{lab}/resume', { params }))}
        </IfMay>
      ) : null}
      <IfMay permission="run:control">
        {status === 'running'
          ? act('Stop', () => client.POST('/api/datasets/{id}/labs/{lab}/cancel', { params }))
          : null}
        <button type="button" className="icon-button" aria-label="Delete the lab" onClick={() => setRemoving(true)}>
          <Trash2 size={16} aria-hidden />
        </button>
      </IfMay>
      {isRemoving ? (
        <Confirm
          title="Delete the lab?"
          verb="Delete the lab"
          onClose={() => setRemoving(false)}
          onConfirm={async () => {
            await client.DELETE('/api/datasets/{id}/labs/{lab}', { params });
            navigate(qualityPath('labs'));
          }}
        >
          <p>Its measurements are deleted. The collection and the dataset stay as they are. This cannot be undone.</p>
        </Confirm>
      ) : null}
    </>
  );
}
