import type { BatchReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { FormDialog } from '../../../ui/dialogs/FormDialog.js';
import { NumberField } from '../../../ui/fields/FormFields.js';
import type { Action } from '../../../data/queries/use-action.js';
import { formatSums } from './batch-text.js';

/** Raises the budget of a batch whose budget is used up. */
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
      title={`Budget of ${batch.name}`}
      verb="Resume"
      action={action}
      isDisabled={!isEnough}
      hasOwnChecks
      onSubmit={async () => {
        if (isEnough) await onGive(budget);
      }}
      onClose={onClose}
    >
      <p>Its runs have cost {formatSums(batch)} so far. Enter a new total budget.</p>
      <NumberField
        title="Budget, in $"
        value={budget}
        error={isEnough ? undefined : 'The budget must be more than the cost so far.'}
        onChange={setBudget}
      />
    </FormDialog>
  );
}
