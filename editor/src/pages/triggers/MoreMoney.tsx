import type { BatchReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { Notice } from '../../frame/Notice.js';
import { Dialog } from '../../palette/Dialog.js';
import { NumberField } from '../FormFields.js';
import type { Action } from '../use-action.js';
import { moneyWords } from './batch-words.js';

/** Asks for a higher budget of a batch that has spent its own. */
export function MoreMoney({
  batch,
  action,
  onGive,
  onClose,
}: {
  readonly batch: BatchReply;
  readonly action: Action;
  readonly onGive: (budget: number) => void;
  readonly onClose: () => void;
}): ReactElement {
  const [budget, setBudget] = useState<number | undefined>(() => Math.ceil(batch.cost * 2));
  const isEnough = budget !== undefined && budget > batch.cost;
  return (
    <Dialog title={`More for ${batch.name}`} onClose={onClose}>
      <form
        className="dialog-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (isEnough) onGive(budget);
        }}
      >
        <p>Its runs have cost {moneyWords(batch)}. What may they cost together from now on?</p>
        <NumberField
          title="Budget, in $"
          value={budget}
          error={isEnough ? undefined : 'It must be more than they have cost.'}
          onChange={setBudget}
        />
        {action.error === undefined ? null : <Notice error={action.error} />}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button button-primary" disabled={action.isBusy || !isEnough}>
            Go on
          </button>
        </div>
      </form>
    </Dialog>
  );
}
