import { Budget, SaveBudgetRequest, type WorkflowSummary } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useGet } from '../../data/queries/use-get.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { NumberField, SelectField, SwitchField, TextField } from '../../ui/fields/FormFields.js';
import { readForm } from '../../ui/fields/read-form.js';
import { useAction } from '../../data/queries/use-action.js';
import { budgetId } from './budget-text.js';
import { useKeyNames } from './use-key-names.js';
import { ScopeFields } from './ScopeFields.js';

const labels: Readonly<Record<string, string>> = {
  title: 'The title must have 200 characters at most.',
  scope: 'Select what the budget counts.',
  currency: 'The currency must have three letters, such as EUR.',
  limits: 'An amount must be 0 or more; tokens and calls must be whole numbers.',
};

const fresh: Budget = Budget.parse({ id: 'budget', scope: { kind: 'all' } });

const example: Budget = Budget.parse({
  id: 'budget',
  title: 'All models, each day',
  scope: { kind: 'all' },
  period: 'day',
  limits: { money: 10 },
});

/** Creates or changes a budget. */
export function BudgetDialog({
  budget,
  isExample = false,
  taken,
  workflows,
  onClose,
  onSaved,
}: {
  readonly budget: Budget | undefined;
  /** Whether a new budget starts with example values. */
  readonly isExample?: boolean;
  readonly taken: readonly string[];
  readonly workflows: readonly WorkflowSummary[];
  readonly onClose: () => void;
  readonly onSaved: () => void;
}): ReactElement {
  const [draft, setDraft] = useState<Budget>(budget ?? (isExample ? example : fresh));
  const connections = useGet('/api/connections', {}, ({ connections }) => connections);
  const keys = useKeyNames();
  const save = useAction();
  const change = (part: Partial<Budget>): void => setDraft((before) => ({ ...before, ...part }));
  const limit = (kind: keyof Budget['limits'], amount: number | undefined): void => {
    const { [kind]: _before, ...others } = draft.limits;
    change({ limits: amount === undefined ? others : { ...others, [kind]: amount } });
  };
  const submit = async (): Promise<void> => {
    const request = readForm(SaveBudgetRequest, { ...draft, title: draft.title.trim(), id: undefined }, labels);
    await client.PUT('/api/budgets/{id}', {
      params: { path: { id: budget?.id ?? budgetId(draft.title, taken) } },
      body: request,
    });
    onSaved();
    onClose();
  };
  const hasPeriod = draft.scope.kind !== 'run' && draft.scope.kind !== 'node';
  return (
    <FormDialog
      title={budget === undefined ? 'Add budget' : 'Edit budget'}
      verb="Save budget"
      action={save}
      hasOwnChecks
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        title="Title"
        value={draft.title}
        isFirst
        placeholder="Team budget per day"
        onChange={(title) => change({ title })}
      />
      <ScopeFields
        scope={draft.scope}
        workflows={workflows}
        connections={connections.value?.map(({ id }) => id) ?? []}
        keys={keys.value ?? []}
        onChange={(scope) => change({ scope })}
      />
      {hasPeriod ? (
        <SelectField
          title="Period"
          value={draft.period}
          choices={[
            ['day', 'Daily, at midnight UTC'],
            ['month', 'Monthly'],
            ['ever', 'Total'],
          ]}
          onChange={(period) => change({ period })}
        />
      ) : null}
      <div className="field-pair">
        <NumberField
          title="Money"
          value={draft.limits.money}
          placeholder="No limit"
          onChange={(amount) => limit('money', amount)}
        />
        <TextField
          title="Currency"
          value={draft.currency}
          onChange={(text) => change({ currency: text.toUpperCase() })}
        />
      </div>
      <div className="field-pair">
        <NumberField
          title="Tokens"
          value={draft.limits.tokens}
          step={1}
          placeholder="No limit"
          onChange={(amount) => limit('tokens', amount)}
        />
        <NumberField
          title="Calls"
          value={draft.limits.calls}
          step={1}
          placeholder="No limit"
          onChange={(amount) => limit('calls', amount)}
        />
        <NumberField
          title="Call seconds"
          value={draft.limits.seconds}
          placeholder="No limit"
          onChange={(amount) => limit('seconds', amount)}
        />
      </div>
      <SelectField
        title="When exceeded"
        value={draft.onLimit}
        choices={[
          ['stop', 'Refuse the call: the run fails with an error'],
          ['downgrade', 'Try the next candidate of the route or fallback'],
          ['ask', 'Request approval to raise the budget'],
        ]}
        help="The maximum use of a call is reserved before the call, and settled after it."
        onChange={(onLimit) => change({ onLimit })}
      />
      <SwitchField title="Enabled" value={draft.isEnabled} onChange={(isEnabled) => change({ isEnabled })} />
    </FormDialog>
  );
}
