import clsx from 'clsx';
import type { JobReply, ModelMachine, ModelState } from '@heddle/core';
import { Check, CircleHelp, TriangleAlert } from 'lucide-react';
import { memo, useState, type ReactElement } from 'react';
import { useMay } from '../../data/access/me-store.js';
import { client } from '../../data/api/client.js';
import { ModelMark } from '../../ui/icons/ModelMark.js';
import { formatBytes } from '../../ui/format/format-bytes.js';
import { Notice } from '../../ui/states/Notice.js';
import { Fact } from '../../ui/tables/Fact.js';
import { GrantLine } from '../grants/index.js';
import { useAction } from '../../data/queries/use-action.js';
import { isOpenJob } from '../../data/queries/use-topic.js';
import { fitOf, speedText } from './model-fit.js';
import { MeasureButton } from './MeasureButton.js';
import { kindText, parametersText, sizeOf, statusLabels } from './model-text.js';
import { ModelFileList } from './ModelFileList.js';
import { Pulling } from './Pulling.js';
import styles from './models.module.css';

interface ModelEntryProps {
  readonly model: ModelState;
  /** The memory and processors that this machine has for models; undefined until they are known. */
  readonly machine: ModelMachine | undefined;
  /** The job of the model's latest download. */
  readonly job: JobReply | undefined;
  readonly onTry: (card: ModelState['card']) => void;
  /** Shows what experiments on this server measured for the model. */
  readonly onResults: (card: ModelState['card']) => void;
  readonly onChanged: () => void;
}

/** A model with its card, its state on this machine, and its actions. */
export const ModelEntry = memo(function ModelEntry({
  model,
  machine,
  job,
  onTry,
  onResults,
  onChanged,
}: ModelEntryProps): ReactElement {
  const { card, status, error } = model;
  const action = useAction();
  const [isCardOpen, setCardOpen] = useState(false);
  const mayWrite = useMay('model:write');
  const mayTry = useMay('model:try');
  const pulling = job !== undefined && isOpenJob(job) ? job : undefined;
  const failed = job?.status === 'failed' && status !== 'ready' && status !== 'loaded' ? job.error : undefined;
  const run = (work: () => Promise<unknown>): void =>
    action.run(async () => {
      await work();
      onChanged();
    });
  const size = sizeOf(model);
  const fit = fitOf(model, machine);
  const FitIcon = fit?.fits === true ? Check : fit?.fits === false ? TriangleAlert : CircleHelp;
  const isHere = status === 'ready' || status === 'loaded';
  return (
    <li className={styles['model']} aria-label={card.title}>
      <header className={clsx(styles['model-head'], 'wrapped')}>
        <span className="row-dot" data-model={pulling === undefined ? status : 'downloading'} aria-hidden />
        <ModelMark model={card.id} isLarge />
        <h3>{card.title}</h3>
        <span className="quiet">
          {statusLabels[pulling === undefined ? status : 'downloading']} · {kindText[card.kind]}
        </span>
      </header>
      <p>{card.summary}</p>
      <dl className="facts figure">
        <Fact name="Licence">{card.licence}</Fact>
        <Fact name="Size">{size === undefined ? 'unknown' : formatBytes(size)}</Fact>
        <Fact name="Quantisation">{card.quantisation ?? `none (${card.format})`}</Fact>
        <Fact name="Context">{card.contextTokens.toLocaleString()} tokens</Fact>
        <Fact name="Memory">
          {model.needMb === undefined ? 'unknown' : `about ${formatBytes(model.needMb * 2 ** 20)}`}
        </Fact>
        {card.kind === 'lora' ? null : <Fact name="Speed here">{speedText(model)}</Fact>}
        {card.parametersM === undefined ? null : <Fact name="Parameters">{parametersText(card.parametersM)}</Fact>}
        {card.dimensions === undefined ? null : <Fact name="Dimensions">{card.dimensions}</Fact>}
        {card.baseModel === undefined ? null : <Fact name="Base">{card.baseModel}</Fact>}
      </dl>
      {fit === undefined ? null : (
        <p className={clsx(styles['model-fit'], 'aligned')} data-fits={fit.fits}>
          <FitIcon size={15} aria-hidden />
          {fit.text}
        </p>
      )}
      {card.measured.length === 0 ? null : (
        <ul className={clsx(styles['measured'], 'wrapped figure')} aria-label="Measured elsewhere">
          <li className="quiet">Measured elsewhere:</li>
          {card.measured.map(({ what, value, unit, machine }) => (
            <li key={`${what} ${machine}`} data-tip={`Measured on ${machine}`}>
              <strong>
                {value.toLocaleString()} {unit}
              </strong>{' '}
              <span className="quiet">{what}</span>
            </li>
          ))}
        </ul>
      )}
      <details onToggle={(event) => setCardOpen(event.currentTarget.open)}>
        <summary>Card</summary>
        <dl className="facts">
          <Fact name="Id">
            <code className="mono">{card.id}</code>
          </Fact>
          <Fact name="Publisher">{card.publisher}</Fact>
          <Fact name="Permitted use">{card.use}</Fact>
          <Fact name="Languages">{card.languages.length === 0 ? 'not stated' : card.languages.join(', ')}</Fact>
          {card.limits.length === 0 ? null : <Fact name="Limits">{card.limits.join(' ')}</Fact>}
          <Fact name="Sources">
            {[...new Set(card.files.flatMap(({ sources }) => sources))]
              .map((source) => source.split('@')[0])
              .join(', ')}
          </Fact>
          <ModelFileList files={model.files ?? []} />
          {card.homepage === undefined ? null : <Fact name="Homepage">{card.homepage}</Fact>}
        </dl>
        {isCardOpen ? <GrantLine kind="model" id={card.id} title={card.title} /> : null}
      </details>
      {error === undefined || pulling !== undefined ? null : <p className="field-error">{error.message}</p>}
      {failed === undefined ? null : <p className="field-error">The download failed: {failed.message}</p>}
      {action.error === undefined ? null : <Notice error={action.error} />}
      <footer className={clsx(styles['model-actions'], 'aligned-wrapped')}>
        {pulling === undefined ? null : <Pulling job={pulling} />}
        {mayWrite && (status === 'absent' || status === 'invalid') && pulling === undefined ? (
          <button
            type="button"
            className="button button-small"
            disabled={action.isBusy}
            aria-label={`${failed === undefined ? 'Download' : 'Retry the download:'} ${card.title}`}
            onClick={() =>
              run(() =>
                client.POST('/api/models/{id}/pull', { params: { path: { id: card.id } } }).then(({ jobId }) => jobId),
              )
            }
          >
            {failed === undefined ? 'Download' : 'Retry download'}
          </button>
        ) : null}
        {mayWrite && status === 'ready' && card.kind !== 'lora' ? (
          <button
            type="button"
            className="button button-small"
            disabled={action.isBusy}
            aria-label={`${action.isBusy ? 'Loading…' : 'Load'} ${card.title}`}
            onClick={() => run(() => client.POST('/api/models/{id}/load', { params: { path: { id: card.id } } }))}
          >
            {action.isBusy ? 'Loading…' : 'Load'}
          </button>
        ) : null}
        {mayWrite && status === 'loaded' ? (
          <button
            type="button"
            className="button button-small"
            disabled={action.isBusy}
            aria-label={`Unload ${card.title}`}
            onClick={() => run(() => client.POST('/api/models/{id}/unload', { params: { path: { id: card.id } } }))}
          >
            Unload
          </button>
        ) : null}
        {mayTry && isHere && card.kind === 'generate' ? <MeasureButton card={card} onMeasured={onChanged} /> : null}
        {mayTry && isHere && card.kind !== 'lora' ? (
          <button
            type="button"
            className="button button-small"
            aria-label={`Try ${card.title}`}
            onClick={() => onTry(card)}
          >
            Try
          </button>
        ) : null}
        <button
          type="button"
          className="button button-small"
          aria-label={`Results of ${card.title}`}
          onClick={() => onResults(card)}
        >
          Results
        </button>
      </footer>
    </li>
  );
});
