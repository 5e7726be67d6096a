import { Budget, SaveBudgetRequest, type WorkflowSummary } from '@heddle/core';
import type { ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useGet } from '../../data/queries/use-get.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { NumberField, SelectField, SwitchField, TextField } from '../../ui/fields/FormFields.js';
import { useForm } from '../../ui/forms/use-form.js';
import { readForm } from '../../ui/forms/read-form.js';
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
  const form = useForm<Budget>(budget ?? (isExample ? example : fresh));
  const connections = useGet('/api/connections', {}, ({ connections }) => connections);
  const keys = useKeyNames();
  const limit = (kind: keyof Budget['limits'], amount: number | undefined): void => {
    const { [kind]: _before, ...others } = form.values.limits;
    form.change({ limits: amount === undefined ? others : { ...others, [kind]: amount } });
  };
  const submit = async (): Promise<void> => {
    const request = readForm(
      SaveBudgetRequest,
      { ...form.values, title: form.values.title.trim(), id: undefined },
      labels,
    );
    await client.PUT('/api/budgets/{id}', {
      params: { path: { id: budget?.id ?? budgetId(form.values.title, taken) } },
      body: request,
    });
    onSaved();
    onClose();
  };
  const hasPeriod = form.values.scope.kind !== 'run' && form.values.scope.kind !== 'node';
  return (
    <FormDialog
      title={budget === undefined ? 'Add budget' : 'Edit budget'}
      verb="Save budget"
      hasOwnChecks
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField title="Title" {...form.field('title')} isFirst placeholder="Team budget per day" />
      <ScopeFields
        scope={form.values.scope}
        workflows={workflows}
        connections={connections.value?.map(({ id }) => id) ?? []}
        keys={keys.value ?? []}
        onChange={(scope) => form.change({ scope })}
      />
      {hasPeriod ? (
        <SelectField
          title="Period"
          {...form.field('period')}
          choices={[
            ['day', 'Daily, at midnight UTC'],
            ['month', 'Monthly'],
            ['ever', 'Total'],
          ]}
        />
      ) : null}
      <div className="field-pair">
        <NumberField
          title="Money"
          value={form.values.limits.money}
          placeholder="No limit"
          onChange={(amount) => limit('money', amount)}
        />
        <TextField
          title="Currency"
          value={form.values.currency}
          onChange={(text) => form.change({ currency: text.toUpperCase() })}
        />
      </div>
      <div className="field-pair">
        <NumberField
          title="Tokens"
          value={form.values.limits.tokens}
          step={1}
          placeholder="No limit"
          onChange={(amount) => limit('tokens', amount)}
        />
        <NumberField
          title="Calls"
          value={form.values.limits.calls}
          step={1}
          placeholder="No limit"
          onChange={(amount) => limit('calls', amount)}
        />
        <NumberField
          title="Call seconds"
          value={form.values.limits.seconds}
          placeholder="No limit"
          onChange={(amount) => limit('seconds', amount)}
        />
      </div>
      <SelectField
        title="When exceeded"
        {...form.field('onLimit')}
        choices={[
          ['stop', 'Refuse the call: the run fails with an error'],
          ['downgrade', 'Try the next candidate of the route or fallback'],
          ['ask', 'Request approval to raise the budget'],
        ]}
        help="The maximum use of a call is reserved before the call, and settled after it."
      />
      <SwitchField title="Enabled" {...form.field('isEnabled')} />
    </FormDialog>
  );
}
