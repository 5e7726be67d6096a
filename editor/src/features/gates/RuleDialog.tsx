import { GateRule, type GateReply } from '@heddle/core';
import type { ReactElement } from 'react';
import { useWorkflows } from '../../data/queries/use-workflows.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { CheckList } from '../../ui/fields/CheckList.js';
import { NumberField, SelectField, TextField } from '../../ui/fields/FormFields.js';
import { useForm } from '../../ui/forms/use-form.js';
import { readForm } from '../../ui/forms/read-form.js';
import { DatasetFields } from './DatasetFields.js';
import { ReplayFields } from './ReplayFields.js';
import { formOf, freshRule, idFor, ruleKinds, ruleOf, startOf, type RuleForm } from './rule-form.js';

const labels: Readonly<Record<string, string>> = {
  title: 'The title must have 1 to 100 characters.',
  dataset: 'Choose a dataset.',
  conditions: 'Each condition needs a metric, and what is wanted of it: 0 or more, a share up to 100 %.',
  repeats: 'Repeats must be 1 to 20.',
  runs: 'The latest runs must be 1 to 1,000.',
  minRuns: 'The minimum number of runs must be 1 to 1,000.',
  days: 'The days must be 1 to 365, or empty.',
  minTests: 'The minimum number of tests must be 1 to 10,000.',
  budget: 'The budget must be more than 0, or empty.',
};

/** Creates or changes a rule. */
export function RuleDialog({
  rule,
  gate,
  onSave,
  onClose,
}: {
  readonly rule: GateRule | undefined;
  readonly gate: GateReply;
  readonly onSave: (rules: readonly GateRule[]) => Promise<void>;
  readonly onClose: () => void;
}): ReactElement {
  const form = useForm<RuleForm>(rule === undefined ? freshRule : formOf(rule));
  const workflows = useWorkflows();
  const submit = async (): Promise<void> => {
    const made = readForm(GateRule, ruleOf(form.values, rule?.id ?? idFor(form.values.title, gate.rules)), labels);
    await onSave(
      rule === undefined ? [...gate.rules, made] : gate.rules.map((one) => (one.id === rule.id ? made : one)),
    );
    onClose();
  };
  return (
    <FormDialog
      title={rule === undefined ? 'New rule' : 'Edit rule'}
      verb="Save rule"
      isWide
      hasOwnChecks
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField title="Title" {...form.field('title')} isFirst maxLength={100} placeholder="Right answers" />
      <SelectField
        title="Wants"
        value={form.values.kind}
        isReadOnly={rule !== undefined}
        choices={ruleKinds}
        onChange={(kind) => form.change(startOf(kind))}
      />
      {form.values.kind === 'tests' ? (
        <NumberField
          title="Minimum number of tests"
          {...form.field('minTests')}
          min={1}
          step={1}
          help="Every one of them must pass."
        />
      ) : form.values.kind === 'replay' ? (
        <ReplayFields form={form} />
      ) : (
        <DatasetFields form={form} />
      )}
      <fieldset className="field">
        <legend>For workflows</legend>
        <p className="quiet">Without a choice, the rule is for every workflow of the project.</p>
        <CheckList {...form.field('workflows')} choices={workflows.choices} />
      </fieldset>
    </FormDialog>
  );
}
