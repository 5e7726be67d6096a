import { isPlainObject } from '@heddle/core';
import { Plus } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import type { FieldProps, InputShared } from './field-props.js';
import { useFocusAdded } from '../keyboard/use-focus-added.js';
import { pairsOf, recordOf, type Pair } from './pairs.js';
import { RemoveButton } from '../buttons/RemoveButton.js';

/** Keys with texts, one row each. A row with an empty or duplicate key stays in the form and is not written to the document. */
export function PairsInput({
  field,
  value,
  isReadOnly,
  onChange,
  id,
  describedBy,
}: FieldProps<'pairs'> & InputShared): ReactElement {
  const record = isPlainObject(value) ? value : isPlainObject(field.standard) ? field.standard : {};
  const written = JSON.stringify(record);
  const [typed, setTyped] = useState<{ readonly of: string; readonly pairs: readonly Pair[] }>();
  const pairs = typed?.of === written ? typed.pairs : pairsOf(record);
  const set = (next: readonly Pair[]): void => {
    const after = recordOf(next);
    setTyped({ of: JSON.stringify(after), pairs: next });
    onChange(after);
  };
  const { list, focusAdded } = useFocusAdded();
  const add = (): void => {
    focusAdded();
    set([...pairs, { key: '', text: '' }]);
  };
  return (
    <div className="pairs" ref={list} role="group" aria-labelledby={`${id}-label`} aria-describedby={describedBy}>
      {pairs.map(({ key, text }, index) => (
        <div className="pair" key={index}>
          <input
            className="mono"
            aria-label={`Key ${index + 1}`}
            value={key}
            readOnly={isReadOnly}
            aria-invalid={key === '' || pairs.some((other, at) => at < index && other.key === key)}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => set(pairs.with(index, { key: event.target.value, text }))}
          />
          <input
            aria-label={key === '' ? `Value ${index + 1}` : `Value of ${key}`}
            value={text}
            readOnly={isReadOnly}
            onChange={(event) => set(pairs.with(index, { key, text: event.target.value }))}
          />
          {isReadOnly ? null : (
            <RemoveButton
              label={`Remove ${key === '' ? `row ${index + 1}` : key}`}
              onClick={() => set(pairs.toSpliced(index, 1))}
            />
          )}
        </div>
      ))}
      {isReadOnly ? null : (
        <button type="button" className="button button-small" onClick={add}>
          <Plus size={14} aria-hidden /> Add row
        </button>
      )}
    </div>
  );
}
