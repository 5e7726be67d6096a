import clsx from 'clsx';
import type { ModelState } from '@heddle/core';
import { Download } from 'lucide-react';
import { useMemo, type ReactElement } from 'react';
import { formatBytes } from '../../../ui/format/format-bytes.js';
import { useGet } from '../../../data/queries/use-get.js';
import { ModelMark } from '../../../ui/icons/ModelMark.js';
import { Combobox } from '../../../ui/fields/Combobox.js';
import type { FieldProps, InputShared } from '../../../ui/schema-form/field-props.js';
import { connectedModels, modelDetail, modelStateText, offeredModels } from './model-options.js';
import { useModels, usePull } from '../use-models.js';
import styles from '../models.module.css';

/** A field for a model, chosen by size, licence and state. A model that is not on this machine can be downloaded here. */
export function ModelInput({
  field,
  value,
  isReadOnly,
  onChange,
  id,
  describedBy,
  isInvalid,
}: FieldProps<'text'> & InputShared): ReactElement {
  const models = useModels();
  // Users who may not see connections enter the names of their models.
  const { value: connections } = useGet('/api/connections', {}, ({ connections }) => connections);
  const offered = useMemo(() => offeredModels(models ?? [], field.modelKind), [models, field.modelKind]);
  const items = useMemo(
    () =>
      [
        ...offered.map(({ card, status }) => ({
          value: card.id,
          title: card.title,
          detail: modelDetail(card),
          mark: modelStateText(status),
        })),
        ...connectedModels(connections ?? [], field.modelKind),
      ].map((item) => ({ ...item, picture: <ModelMark model={item.value} /> })),
    [offered, connections, field.modelKind],
  );
  const standard = typeof field.standard === 'string' ? field.standard : undefined;
  const shown = typeof value === 'string' ? value : '';
  const current = models?.find(({ card }) => card.id === (shown === '' ? standard : shown));
  return (
    <>
      <Combobox
        id={id}
        value={shown}
        items={items}
        placeholder={standard}
        empty={
          models === undefined
            ? 'Loading models…'
            : 'No model of this kind has this name. For a model of a connection, enter connection/model.'
        }
        isReadOnly={isReadOnly}
        isInvalid={isInvalid}
        describedBy={describedBy}
        onChange={onChange}
      />
      {current === undefined ? null : <ModelLine model={current} isReadOnly={isReadOnly} />}
    </>
  );
}

function ModelLine({ model, isReadOnly }: { readonly model: ModelState; readonly isReadOnly: boolean }): ReactElement {
  const { card, status } = model;
  return (
    <div className={styles['model-line']} data-status={status}>
      <p className="field-help">
        <span className={styles['model-dot']} aria-hidden /> {modelStateText(status)} · {modelDetail(card)}
      </p>
      {status === 'ready' || status === 'loaded' || status === 'checking' ? null : (
        <PullLine id={card.id} title={card.title} isReadOnly={isReadOnly} />
      )}
      {model.error === undefined ? null : <p className="field-error">{model.error.message}</p>}
    </div>
  );
}

function PullLine({
  id,
  title,
  isReadOnly,
}: {
  readonly id: string;
  readonly title: string;
  readonly isReadOnly: boolean;
}): ReactElement {
  const { job, isPulling, error, begin } = usePull(id);
  const bytes = numberOf(job?.progress['bytes']);
  const total = numberOf(job?.progress['total']);
  const failure = error?.message ?? (job?.status === 'failed' ? job.error?.message : undefined);
  if (isPulling)
    return (
      <div className={clsx(styles['pull-line'], 'aligned')} role="status">
        <progress
          max={1}
          {...(bytes === undefined || total === undefined || total === 0 ? {} : { value: bytes / total })}
          aria-label={`Download of ${title}`}
        />
        <span className="quiet figure">
          {bytes === undefined
            ? 'Connecting…'
            : `${formatBytes(bytes)}${total === undefined ? '' : ` of ${formatBytes(total)}`}`}
        </span>
      </div>
    );
  return (
    <>
      <button type="button" className="button button-small" disabled={isReadOnly} onClick={begin}>
        <Download size={14} aria-hidden /> Download
      </button>
      {failure === undefined ? null : <p className="field-error">{failure}</p>}
    </>
  );
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
