import clsx from 'clsx';
import { RoutePolicy } from '@heddle/core';
import { Plus } from 'lucide-react';
import { useMemo, type ReactElement } from 'react';
import { z } from 'zod';
import {
  CandidateEditor,
  moved,
  policyProblems,
  type Candidate,
  useCandidateModels,
  useFacts,
} from '../../policies/index.js';
import type { FieldProps, InputShared } from '../../../ui/schema-form/field-props.js';
import styles from '../inspector.module.css';

/** A candidate whose model may still be empty while the user chooses it. */
const Typed = RoutePolicy.shape.candidates.element.extend({ model: z.string() });

/** The candidates of a route node: models in their order, with conditions and measurements. */
export function CandidatesInput(props: FieldProps<'list'> & InputShared): ReactElement {
  const { value, field, isReadOnly, onChange } = props;
  const candidates = useMemo(() => readCandidates(value ?? field.standard), [value, field.standard]);
  const models = useCandidateModels();
  const facts = useFacts(candidates.map(({ model }) => model));
  const problems = useMemo(
    () => policyProblems({ name: 'policy', candidates: [...candidates], prefer: 'order', explore: 0 }),
    [candidates],
  );
  return (
    <fieldset
      className={clsx(styles['candidates-field'], 'bare-group stack')}
      disabled={isReadOnly}
      aria-label={field.title}
    >
      <ol className={clsx(styles['candidates'], 'stack gap-12')}>
        {candidates.map((candidate, index) => (
          <CandidateEditor
            key={index}
            candidate={candidate}
            at={index}
            count={candidates.length}
            models={models}
            fact={facts.get(candidate.model)}
            problems={problems}
            onChange={(next) => onChange(candidates.map((entry, at) => (at === index ? next : entry)))}
            onMove={(to) => onChange(moved(candidates, index, to))}
            onRemove={() => onChange(candidates.filter((_, at) => at !== index))}
          />
        ))}
      </ol>
      <button
        type="button"
        className="button button-small"
        onClick={() => onChange([...candidates, { model: '', when: [] }])}
      >
        <Plus size={14} aria-hidden /> Add candidate
      </button>
    </fieldset>
  );
}

/** The candidates of a value. An unreadable one becomes a candidate with an empty model. */
function readCandidates(value: unknown): readonly Candidate[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.map((entry) => {
    const read = Typed.safeParse(entry);
    return read.success ? read.data : { model: '', when: [] };
  });
}
