import type { ModelCard } from '@heddle/core';
import type { ReactElement } from 'react';
import { useAction } from '../../data/queries/use-action.js';
import { Notice } from '../../ui/states/Notice.js';
import { measureSpeed } from './measure-speed.js';

/** Measures the speed of a model with a short prompt. It runs only on request, because it keeps the machine busy for seconds. */
export function MeasureButton({
  card,
  onMeasured,
}: {
  readonly card: ModelCard;
  readonly onMeasured: () => void;
}): ReactElement {
  const action = useAction();
  return (
    <>
      <button
        type="button"
        className="button button-small"
        disabled={action.isBusy}
        aria-label={`${action.isBusy ? 'Measuring…' : 'Measure speed of'} ${card.title}`}
        data-tip="Writes 64 tokens and records how long that takes"
        onClick={() =>
          action.run(async () => {
            await measureSpeed(card.id);
            onMeasured();
          })
        }
      >
        {action.isBusy ? 'Measuring…' : 'Measure speed'}
      </button>
      {action.error === undefined ? null : <Notice error={action.error} />}
    </>
  );
}
