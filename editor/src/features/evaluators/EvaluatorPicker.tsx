import type { EvaluatorKind, EvaluatorPreset, EvaluatorSetup } from '@heddle/core';
import { Plus } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { useGet } from '../../data/queries/use-get.js';
import { Picker } from '../../ui/dialogs/Picker.js';
import { useFocusAdded } from '../../ui/keyboard/use-focus-added.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import { EvaluatorCard } from './EvaluatorCard.js';
import { freeName, withPreset } from './evaluator-list.js';

interface EvaluatorPickerProps {
  readonly value: readonly EvaluatorSetup[];
  readonly isReadOnly?: boolean;
  readonly onChange: (evaluators: readonly EvaluatorSetup[]) => void;
}

/** Chooses and configures evaluators, by preset or one by one. */
export function EvaluatorPicker({ value, isReadOnly = false, onChange }: EvaluatorPickerProps): ReactElement {
  const loaded = useGet('/api/evaluators');
  const [isAdding, setAdding] = useState(false);
  const { list, focusAdded } = useFocusAdded();
  const add = (kind: EvaluatorKind): void => {
    setAdding(false);
    focusAdded();
    onChange([...value, { kind: kind.kind, ...freeName(kind.kind, value), config: {} }]);
  };
  return (
    <WhenLoaded loaded={loaded} text="Loading evaluators…">
      {({ kinds, presets }) => (
        <div className="stack gap-8" ref={list}>
          {isReadOnly ? null : <Presets presets={presets} value={value} onChange={onChange} />}
          {value.length === 0 ? (
            <p className="quiet">
              No evaluators yet. An evaluator says how good an answer is: start with a preset, or add one.
            </p>
          ) : (
            value.map((evaluator, at) => (
              <EvaluatorCard
                key={at}
                evaluator={evaluator}
                kind={kinds.find(({ kind }) => kind === evaluator.kind)}
                isReadOnly={isReadOnly}
                onChange={(next) => onChange(value.with(at, next))}
                onRemove={() => onChange(value.toSpliced(at, 1))}
              />
            ))
          )}
          {isReadOnly ? null : (
            <button type="button" className="button button-small" onClick={() => setAdding(true)}>
              <Plus size={14} aria-hidden /> Add evaluator
            </button>
          )}
          {isAdding ? <AddEvaluator kinds={kinds} onPick={add} onClose={() => setAdding(false)} /> : null}
        </div>
      )}
    </WhenLoaded>
  );
}

function Presets({
  presets,
  value,
  onChange,
}: Pick<EvaluatorPickerProps, 'value' | 'onChange'> & { readonly presets: readonly EvaluatorPreset[] }): ReactElement {
  return (
    <div className="aligned-wrapped gap-8" role="group" aria-label="Presets">
      {presets.map((preset) => (
        <button
          key={preset.id}
          type="button"
          className="button button-small"
          data-tip={preset.about}
          onClick={() => onChange(withPreset(value, preset))}
        >
          {preset.title}
        </button>
      ))}
    </div>
  );
}

function AddEvaluator({
  kinds,
  onPick,
  onClose,
}: {
  readonly kinds: readonly EvaluatorKind[];
  readonly onPick: (kind: EvaluatorKind) => void;
  readonly onClose: () => void;
}): ReactElement {
  const items = kinds.map((kind) => ({ ...kind, id: kind.kind }));
  return (
    <Picker<EvaluatorKind & { readonly id: string }>
      title="Add evaluator"
      placeholder="Search evaluators"
      empty="No evaluator has this name."
      itemsFor={(query) => {
        const wanted = query.trim().toLowerCase();
        return items.filter(({ title, about, kind }) => `${title} ${kind} ${about}`.toLowerCase().includes(wanted));
      }}
      draw={({ title, about, usesModel }) => (
        <span className="stack">
          <span className="strong-text">{title}</span>
          <span className="small-quiet">
            {about}
            {usesModel ? ' Uses a model.' : ''}
          </span>
        </span>
      )}
      onPick={onPick}
      onClose={onClose}
    />
  );
}
