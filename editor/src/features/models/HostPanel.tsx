import clsx from 'clsx';
import type { ModelHostState, ModelState } from '@heddle/core';
import type { ReactElement } from 'react';
import { formatBytes } from '../../ui/format/format-bytes.js';
import { formatDuration } from '../../ui/format/format-duration.js';
import { Progress } from '../../ui/states/Progress.js';
import styles from './models.module.css';

const runtimes: Readonly<Record<ModelHostState['runtime'], string>> = { llama: 'llama.cpp', onnx: 'ONNX Runtime' };
const labels: Readonly<Record<ModelHostState['status'], string>> = {
  stopped: 'Not started: starts with the first model',
  starting: 'Starting',
  ready: 'Running',
  failed: 'Failed: restarts with the next call',
};

/** The model hosts with their states and models, live. */
export function HostPanel({
  hosts,
  models,
}: {
  readonly hosts: readonly ModelHostState[];
  readonly models: readonly ModelState[];
}): ReactElement | null {
  if (hosts.length === 0) return null;
  const titles = new Map(models.map(({ card }) => [card.id, card.title]));
  return (
    <section className={styles['hosts']} aria-label="Model hosts">
      {hosts.map((host) => (
        <article key={host.runtime} className={clsx(styles['host'], 'boxed')} aria-label={runtimes[host.runtime]}>
          <header className={clsx(styles['host-head'], 'wrapped')}>
            <span className="row-dot" data-host={host.status} aria-hidden />
            <h2>{runtimes[host.runtime]}</h2>
            <span className="quiet figure">
              {[
                labels[host.status],
                ...(host.status === 'ready' && host.device !== undefined ? [host.device] : []),
                ...(host.memoryMb === undefined ? [] : [formatBytes(host.memoryMb * 2 ** 20)]),
                ...(host.restarts > 0 ? [`${host.restarts} restarts`] : []),
              ].join(' · ')}
            </span>
          </header>
          {host.models.length === 0 ? (
            <p className="quiet">No model is loaded. A model loads at its first use and unloads when it is idle.</p>
          ) : (
            <ul className="grid gap-10">
              {host.models.map((model) => (
                <HostModel key={model.id} model={model} title={titles.get(model.id) ?? model.id} />
              ))}
            </ul>
          )}
        </article>
      ))}
    </section>
  );
}

function HostModel({
  model,
  title,
}: {
  readonly model: ModelHostState['models'][number];
  readonly title: string;
}): ReactElement {
  const { slots, slotsInUse, waiting, tokensPerSecond, firstTokenMs, contextTokens, contextUsed, memoryMb } = model;
  const room = contextTokens === undefined ? undefined : contextTokens * Math.max(1, slots);
  const filled = room === undefined || contextUsed === undefined ? undefined : contextUsed / room;
  return (
    <li className={styles['host-model']}>
      <strong>{title}</strong>
      <span className={clsx(styles['host-figures'], 'wrapped figure')}>
        <span>
          {slotsInUse} of {slots} slots
        </span>
        <span>{waiting === 0 ? 'queue empty' : `${waiting} waiting`}</span>
        {tokensPerSecond === undefined ? null : <span>{tokensPerSecond.toFixed(1)} tokens/s</span>}
        {firstTokenMs === undefined ? null : <span>first token {formatDuration(firstTokenMs)}</span>}
        {memoryMb === undefined ? null : <span>{formatBytes(memoryMb * 2 ** 20)}</span>}
      </span>
      {filled === undefined || room === undefined ? null : (
        <span className={clsx(styles['host-context'], 'aligned-wrapped')}>
          <Progress share={filled} label={`Context of ${title}`} />
          <span className="quiet figure">
            context {(contextUsed ?? 0).toLocaleString()} of {room.toLocaleString()} tokens
          </span>
        </span>
      )}
    </li>
  );
}
