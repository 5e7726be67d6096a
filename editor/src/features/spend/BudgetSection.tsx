import clsx from 'clsx';
import type { Budget, BudgetState, WorkflowSummary } from '@heddle/core';
import { Coins, Plus } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { IfMay } from '../../ui/states/IfMay.js';
import { client } from '../../data/api/client.js';
import { useGet } from '../../data/queries/use-get.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { EmptyState } from '../../ui/states/EmptyState.js';
import { Section } from '../../ui/states/Section.js';
import { useReloadInterval } from '../../data/queries/use-reload-interval.js';
import { BudgetDialog } from './BudgetDialog.js';
import { amountText, isPerRun, limitUses, onLimitText, scopeText } from './budget-text.js';
import styles from './spend.module.css';
import { RemoveButton } from '../../ui/buttons/RemoveButton.js';

const everyMs = 5_000;

/** The budgets, which are hard limits, with the spent and reserved share of each. */
export function BudgetSection({
  names,
  workflows,
}: {
  readonly names: ReadonlyMap<string, string>;
  readonly workflows: readonly WorkflowSummary[];
}): ReactElement {
  const budgets = useGet('/api/budgets', {}, ({ budgets }) => budgets);
  useReloadInterval(budgets.again, everyMs);
  const [edited, setEdited] = useState<Budget | 'new' | 'example'>();
  const [deleted, setDeleted] = useState<Budget>();
  return (
    <>
      <Section
        title="Budgets"
        loaded={budgets}
        empty={
          <EmptyState
            Icon={Coins}
            example={
              <IfMay permission="budget:write">
                <button type="button" className="button" onClick={() => setEdited('example')}>
                  Start from an example: 10 a day
                </button>
              </IfMay>
            }
          >
            No budgets yet. A budget is a hard limit: a call that would exceed it is not made. It can count money,
            tokens, calls or seconds, for a day, a run, a workflow, a connection or a key.
          </EmptyState>
        }
      >
        {(list) => (
          <ul className="rows">
            {list.map((budget) => (
              <BudgetRow
                key={budget.id}
                budget={budget}
                names={names}
                onEdit={() => setEdited(budget)}
                onDelete={() => setDeleted(budget)}
              />
            ))}
          </ul>
        )}
      </Section>
      <IfMay permission="budget:write">
        <button type="button" className="button sheet-add" onClick={() => setEdited('new')}>
          <Plus size={15} aria-hidden /> Add budget
        </button>
      </IfMay>
      {edited === undefined ? null : (
        <BudgetDialog
          budget={typeof edited === 'string' ? undefined : edited}
          isExample={edited === 'example'}
          taken={budgets.value?.map(({ id }) => id) ?? []}
          workflows={workflows}
          onClose={() => setEdited(undefined)}
          onSaved={budgets.again}
        />
      )}
      {deleted === undefined ? null : (
        <Confirm
          title={`Delete ${deleted.title === '' ? deleted.id : deleted.title}?`}
          verb="Delete budget"
          onClose={() => setDeleted(undefined)}
          onConfirm={async () => {
            await client.DELETE('/api/budgets/{id}', { params: { path: { id: deleted.id } } });
            budgets.again();
            setDeleted(undefined);
          }}
        >
          <p>The budget no longer limits calls. Past spend stays recorded. This cannot be undone.</p>
        </Confirm>
      )}
    </>
  );
}

function BudgetRow({
  budget,
  names,
  onEdit,
  onDelete,
}: {
  readonly budget: BudgetState;
  readonly names: ReadonlyMap<string, string>;
  readonly onEdit: () => void;
  readonly onDelete: () => void;
}): ReactElement {
  const title = budget.title === '' ? budget.id : budget.title;
  return (
    <li className={styles['budget']}>
      <div className="stack gap-4">
        <p className="row-title">
          {title} {budget.isEnabled ? null : <span className="badge">Disabled</span>}
        </p>
        <p className="quiet">
          {scopeText(budget, names)}; when exceeded, {onLimitText[budget.onLimit]}
        </p>
      </div>
      <div className={clsx(styles['budget-uses'], 'stack gap-4')}>
        {limitUses(budget).map((use) => (
          <div
            key={use.kind}
            className={clsx(styles['budget-use'], 'stack gap-4')}
            data-used-up={use.isUsedUp || undefined}
          >
            <p className="figure">
              {isPerRun(budget) ? (
                <>at most {amountText(use.kind, use.limit, budget.currency)}</>
              ) : (
                <>
                  <strong>{amountText(use.kind, use.spent, budget.currency)}</strong> of{' '}
                  {amountText(use.kind, use.limit, budget.currency)}
                  {use.reserved === 0 ? null : (
                    <span className="quiet"> + {amountText(use.kind, use.reserved, budget.currency)} reserved</span>
                  )}
                  {use.isUsedUp ? <span className="strong-text failed-text"> used up</span> : null}
                </>
              )}
            </p>
            {isPerRun(budget) ? null : (
              <span className={styles['budget-bar']} aria-hidden>
                <span style={{ width: `${use.spentShare * 100}%` }} />
                <span data-held style={{ width: `${use.reservedShare * 100}%` }} />
              </span>
            )}
          </div>
        ))}
      </div>
      <IfMay permission="budget:write">
        <div className="connection-side aligned">
          <button type="button" className="button" onClick={onEdit} aria-label={`Edit ${title}`}>
            Edit
          </button>
          <RemoveButton label={`Delete ${title}`} onClick={onDelete} />
        </div>
      </IfMay>
    </li>
  );
}
