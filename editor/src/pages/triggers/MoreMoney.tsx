import type { BatchReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { FormDialog } from '../FormDialog.js';
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
  readonly onGive: (budget: number) => Promise<void>;
  readonly onClose: () => void;
}): ReactElement {
  const [budget, setBudget] = useState<number | undefined>(() => Math.ceil(batch.cost * 2));
  const isEnough = budget !== undefined && budget > batch.cost;
  return (
    <FormDialog
      title={`More for ${batch.name}`}
      verb="Go on"
      action={action}
      isHeld={!isEnough}
      hasOwnChecks
      onSubmit={async () => {
        if (isEnough) await onGive(budget);
      }}
      onClose={onClose}
    >
      <p>Its runs have cost {moneyWords(batch)}. What may they cost together from now on?</p>
      <NumberField
        title="Budget, in $"
        value={budget}
        error={isEnough ? undefined : 'It must be more than they have cost.'}
        onChange={setBudget}
      />
    </FormDialog>
  );
}
