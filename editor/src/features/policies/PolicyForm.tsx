import type { RoutePolicy } from '@heddle/core';
import { Plus } from 'lucide-react';
import { useMemo, useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { NumberField, SelectField, TextField } from '../../ui/fields/FormFields.js';
import { useForm } from '../../ui/forms/use-form.js';
import { leaveSaved } from '../../ui/navigation/leave-guard.js';
import { LeaveGuard } from '../../ui/dialogs/LeaveGuard.js';
import { navigate, policyPath } from '../../ui/navigation/route.js';
import { Sheet } from '../../ui/dialogs/Sheet.js';
import { offerUndo } from '../../ui/states/undo-store.js';
import { useAction } from '../../data/queries/use-action.js';
import { CandidateEditor } from './CandidateEditor.js';
import { moved, policyProblems, preferText, type Candidate } from './policy-draft.js';
import { useCandidateModels, useFacts } from './use-candidates.js';
import { WhatIfPanel } from './WhatIfPanel.js';
import styles from './policies.module.css';

const preferences = (['order', 'cheapest', 'fastest', 'best'] as const).map(
  (prefer) => [prefer, preferText[prefer]] as const,
);

/** The editor of a policy, beside a replay of past decisions. */
export function PolicyForm({
  initial,
  isNew,
}: {
  readonly initial: RoutePolicy;
  readonly isNew: boolean;
}): ReactElement {
  const [stored, setStored] = useState(initial);
  const [isTried, setTried] = useState(false);
  const [isDeleting, setDeleting] = useState(false);
  const [note, setNote] = useState('');
  const form = useForm(initial, { onChange: () => setNote('') });
  const { values: policy, change } = form;
  const models = useCandidateModels();
  const facts = useFacts(policy.candidates.map(({ model }) => model));
  const save = useAction();
  const problems = useMemo(() => policyProblems(policy), [policy]);
  const shown = isTried ? problems : {};
  // A replay does not need a valid name, because the name does not change decisions.
  const isReady = Object.keys(problems).every((path) => path === 'name');
  const replayed = useMemo(() => ({ ...policy, name: policy.name.trim() || 'policy' }), [policy]);
  const changeCandidate = (at: number, candidate: Candidate): void =>
    change({ candidates: policy.candidates.map((entry, index) => (index === at ? candidate : entry)) });
  const submit = (): void => {
    setTried(true);
    if (Object.keys(problems).length > 0) return;
    save.run(async () => {
      const { name } = await client.PUT('/api/policies/{name}', {
        params: { path: { name: policy.name.trim() } },
        body: { ...policy, name: policy.name.trim() },
      });
      setStored(policy);
      setNote('Saved. Route nodes that use this policy follow it from now on.');
      if (isNew) leaveSaved(() => navigate(policyPath(name)));
    });
  };
  return (
    <div className={styles['policy-columns']}>
      <Sheet
        permission="policy:write"
        save={save}
        verb="Save policy"
        hasErrors={Object.keys(shown).length > 0}
        note={note}
        onSubmit={submit}
        actions={
          isNew ? null : (
            <button type="button" className="button button-danger" onClick={() => setDeleting(true)}>
              Delete
            </button>
          )
        }
      >
        <fieldset className="sheet-part">
          <legend>Selection</legend>
          <div className="field-pair">
            <TextField
              title="Name"
              {...form.field('name')}
              isReadOnly={!isNew}
              error={shown['name']}
              placeholder="house"
              help={isNew ? 'Route nodes use this name.' : 'The name cannot be changed.'}
            />
            <SelectField title="Prefer" {...form.field('prefer')} choices={preferences} />
            <NumberField
              title="Exploration, in %"
              value={Math.round(policy.explore * 100)}
              error={shown['explore']}
              help="Share of calls that go to the second-best candidate, to measure it."
              onChange={(percent) => change({ explore: Math.min(50, percent ?? 0) / 100 })}
            />
          </div>
        </fieldset>
        <fieldset className="sheet-part">
          <legend>Candidates, in order</legend>
          {policy.boundary === undefined ? null : <Learned boundary={policy.boundary} />}
          <ol className="stack gap-12">
            {policy.candidates.map((candidate, index) => (
              <CandidateEditor
                key={index}
                candidate={candidate}
                at={index}
                count={policy.candidates.length}
                models={models}
                fact={facts.get(candidate.model)}
                problems={shown}
                onChange={(next) => changeCandidate(index, next)}
                onMove={(to) => change({ candidates: moved(policy.candidates, index, to) })}
                onRemove={() => change({ candidates: policy.candidates.filter((_, at) => at !== index) })}
              />
            ))}
          </ol>
          <button
            type="button"
            className="button sheet-add"
            onClick={() => change({ candidates: [...policy.candidates, { model: '', when: [] }] })}
          >
            <Plus size={15} aria-hidden /> Add candidate
          </button>
        </fieldset>
      </Sheet>
      <LeaveGuard isChanged={JSON.stringify(policy) !== JSON.stringify(stored)} what="policy" />
      <WhatIfPanel policy={replayed} isReady={isReady} />
      {isDeleting ? (
        <Confirm
          title={`Delete ${policy.name}?`}
          verb="Delete policy"
          onClose={() => setDeleting(false)}
          onConfirm={async () => {
            const params = { path: { name: stored.name } };
            await client.DELETE('/api/policies/{name}', { params });
            leaveSaved(() => navigate('/policies'));
            // A policy consists only of its content, so storing it again restores it.
            offerUndo({
              what: `the policy “${stored.name}”`,
              restore: () => client.PUT('/api/policies/{name}', { params, body: stored }),
              onRestored: () => navigate(policyPath(stored.name)),
            });
          }}
        >
          <p>Route nodes that use it show an error, and their runs fail until they use another policy.</p>
        </Confirm>
      ) : null}
    </div>
  );
}

/** How the policy learned to estimate the difficulty of a request. */
function Learned({ boundary }: { readonly boundary: NonNullable<RoutePolicy['boundary']> }): ReactElement {
  const { rows, trainedAt, measured } = boundary;
  return (
    <p className="quiet">
      The difficulty of a request was learned from {rows} requests on {new Date(trainedAt).toLocaleDateString()}. At its
      first threshold the policy kept {Math.round(measured.share * 100)} % with the first candidate and lost at most{' '}
      {measured.high.toFixed(1)} points of 100 (95 %).
    </p>
  );
}
