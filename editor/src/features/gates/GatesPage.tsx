import type { GateReply, GateRule } from '@heddle/core';
import { Plus, ShieldCheck } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useGet } from '../../data/queries/use-get.js';
import { useWorkflows } from '../../data/queries/use-workflows.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { EmptyState } from '../../ui/states/EmptyState.js';
import { IfMay } from '../../ui/states/IfMay.js';
import { PageLayout } from '../../ui/states/PageLayout.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import { RuleDialog } from './RuleDialog.js';
import { ruleText } from './rule-text.js';
import styles from './gates.module.css';
import { RemoveButton } from '../../ui/buttons/RemoveButton.js';

/** The rules that a draft of the project must pass before it is published. */
export function GatesPage({ tabs }: { readonly tabs: ReactElement }): ReactElement {
  const loaded = useGet('/api/gate');
  const datasets = useGet('/api/datasets', {}, ({ datasets }) => datasets);
  const workflows = useWorkflows();
  const [edited, setEdited] = useState<GateRule | 'new'>();
  const [removed, setRemoved] = useState<GateRule>();
  const gate = loaded.value;
  const save = async (rules: readonly GateRule[]): Promise<void> => {
    await client.PUT('/api/gate', { body: { rules: [...rules], revision: gate?.revision } });
    loaded.again();
  };
  const add = (
    <IfMay permission="gate:manage">
      <button type="button" className="button button-primary" onClick={() => setEdited('new')}>
        <Plus size={15} aria-hidden /> New rule
      </button>
    </IfMay>
  );
  return (
    <PageLayout title="Gates" actions={gate === undefined || gate.rules.length === 0 ? undefined : add}>
      {tabs}
      <WhenLoaded loaded={loaded}>
        {({ rules, problems }) =>
          rules.length === 0 ? (
            <EmptyState Icon={ShieldCheck} action={add}>
              No rules yet. A rule says what a draft must pass before it is published: scores on a dataset, a safety
              set, a replay of recorded runs, what a run may cost, or tests.
            </EmptyState>
          ) : (
            <ul className="rows">
              {rules.map((rule) => (
                <RuleRow
                  key={rule.id}
                  rule={rule}
                  problem={problems.find((one) => one.rule === rule.id)?.message}
                  dataset={
                    rule.kind === 'dataset' ? datasets.value?.find(({ id }) => id === rule.dataset)?.name : undefined
                  }
                  workflows={rule.workflows.map((id) => workflows.nameOf(id))}
                  onEdit={() => setEdited(rule)}
                  onRemove={() => setRemoved(rule)}
                />
              ))}
            </ul>
          )
        }
      </WhenLoaded>
      {edited === undefined || gate === undefined ? null : (
        <RuleDialog
          rule={edited === 'new' ? undefined : edited}
          gate={gate}
          onSave={save}
          onClose={() => setEdited(undefined)}
        />
      )}
      {removed === undefined || gate === undefined ? null : (
        <RemoveRule rule={removed} gate={gate} onSave={save} onClose={() => setRemoved(undefined)} />
      )}
    </PageLayout>
  );
}

function RuleRow({
  rule,
  problem,
  dataset,
  workflows,
  onEdit,
  onRemove,
}: {
  readonly rule: GateRule;
  readonly problem: string | undefined;
  readonly dataset: string | undefined;
  readonly workflows: readonly string[];
  readonly onEdit: () => void;
  readonly onRemove: () => void;
}): ReactElement {
  const { title } = rule;
  return (
    <li className={styles['gate-row']}>
      <div className="stack gap-4">
        <p className="row-title" dir="auto">
          {title}
        </p>
        <p className="quiet">
          {ruleText(rule, dataset)}
          {workflows.length === 0 ? '' : `; for ${workflows.join(', ')}`}
        </p>
        {problem === undefined ? null : <p className="failed-text">No draft can pass it. {problem}</p>}
      </div>
      <div className="aligned-wrapped">
        <IfMay permission="gate:manage">
          <button type="button" className="button" onClick={onEdit} aria-label={`Edit ${title}`}>
            Edit
          </button>
          <RemoveButton label={`Remove ${title}`} onClick={onRemove} />
        </IfMay>
      </div>
    </li>
  );
}

function RemoveRule({
  rule,
  gate,
  onSave,
  onClose,
}: {
  readonly rule: GateRule;
  readonly gate: GateReply;
  readonly onSave: (rules: readonly GateRule[]) => Promise<void>;
  readonly onClose: () => void;
}): ReactElement {
  return (
    <Confirm
      title={`Remove ${rule.title}?`}
      verb="Remove rule"
      onClose={onClose}
      onConfirm={async () => {
        await onSave(gate.rules.filter(({ id }) => id !== rule.id));
        onClose();
      }}
    >
      <p>Drafts are published without it from now on. Its experiments and replays stay.</p>
    </Confirm>
  );
}
