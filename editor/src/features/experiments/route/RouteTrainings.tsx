import clsx from 'clsx';
import type { ExperimentReply, RouteTraining } from '@heddle/core';
import { useEffect, useState, type ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { useAction } from '../../../data/queries/use-action.js';
import { useGet } from '../../../data/queries/use-get.js';
import { IfMay } from '../../../ui/states/IfMay.js';
import { Notice } from '../../../ui/states/Notice.js';
import { Progress } from '../../../ui/states/Progress.js';
import { WhenLoaded } from '../../../ui/states/WhenLoaded.js';
import { NewRouteTraining } from './NewRouteTraining.js';
import { RouteResult } from './RouteResult.js';
import styles from '../experiments.module.css';

const checkEveryMs = 1_000;

/** The route trainings of an experiment. Each learns which requests a cheap variant answers well enough. */
export function RouteTrainings({ experiment }: { readonly experiment: ExperimentReply }): ReactElement | null {
  const { id, variants } = experiment;
  const loaded = useGet('/api/experiments/{id}/route-trainings', { params: { path: { id } } });
  const [isOpen, setOpen] = useState(false);
  const { value, again } = loaded;
  const isWorking = value?.trainings.some(({ endedAt }) => endedAt === undefined) ?? false;
  useEffect(() => {
    if (!isWorking) return undefined;
    const timer = setInterval(again, checkEveryMs);
    return () => clearInterval(timer);
  }, [isWorking, again]);
  if (variants.length < 2) return null;
  return (
    <section className="section">
      <h2>Route</h2>
      <p className="quiet">
        Learn which requests a cheap variant answers well enough. The policy sends these to it, and all others to the
        strong variant.
      </p>
      <WhenLoaded loaded={loaded} text="Loading…">
        {({ trainings }) =>
          trainings.map((training) => (
            <Training key={training.id} training={training} experiment={experiment} onChange={again} />
          ))
        }
      </WhenLoaded>
      <IfMay permission="run:published">
        <button type="button" className={clsx('button', styles['route-begin'])} onClick={() => setOpen(true)}>
          Learn a route
        </button>
      </IfMay>
      {isOpen ? (
        <NewRouteTraining
          experiment={experiment}
          onClose={() => setOpen(false)}
          onBegun={() => {
            setOpen(false);
            again();
          }}
        />
      ) : null}
    </section>
  );
}

function Training({
  training,
  experiment,
  onChange,
}: {
  readonly training: RouteTraining;
  readonly experiment: ExperimentReply;
  readonly onChange: () => void;
}): ReactElement {
  const { id, request, status, error, result, endedAt } = training;
  const action = useAction();
  const params = { path: { id: experiment.id, training: id } };
  const nameOf = (variant: string): string => experiment.variants.find((one) => one.id === variant)?.name ?? variant;
  const by = request.by.kind === 'metric' ? request.by.metric : `judged by ${request.by.models.join(', ')}`;
  return (
    <article
      className={clsx(styles['route-training'], 'boxed-surface stack gap-12')}
      aria-label={`${request.cheap} or ${request.strong}`}
    >
      <header className="aligned-wrapped">
        <h3 dir="auto">
          {nameOf(request.cheap)} where it is enough, else {nameOf(request.strong)}
        </h3>
        <IfMay permission="run:control">
          <button
            type="button"
            className="button"
            disabled={action.isBusy}
            onClick={() =>
              action.run(async () => {
                if (endedAt === undefined)
                  await client.POST('/api/experiments/{id}/route-trainings/{training}/cancel', { params });
                else await client.DELETE('/api/experiments/{id}/route-trainings/{training}', { params });
                onChange();
              })
            }
          >
            {endedAt === undefined ? 'Cancel' : 'Remove'}
          </button>
        </IfMay>
      </header>
      <p className="quiet figure">
        {by} · may lose {request.maxLoss} points
      </p>
      {action.error === undefined ? null : <Notice error={action.error} />}
      {endedAt === undefined ? <Work training={training} /> : null}
      {error === undefined ? null : <p role="status">{error.message}</p>}
      {status === 'done' && result !== undefined ? <RouteResult result={result} request={request} /> : null}
    </article>
  );
}

function Work({ training: { status, judged, rows } }: { readonly training: RouteTraining }): ReactElement {
  if (status === 'judging') {
    const text = `${judged} of ${rows} answers compared`;
    return (
      <>
        <p className="quiet figure">{text}</p>
        <Progress share={rows === 0 ? 0 : judged / rows} label={text} />
      </>
    );
  }
  return <p role="status">{status === 'waiting' ? 'Waiting for the runs of the experiment.' : 'Learning…'}</p>;
}
