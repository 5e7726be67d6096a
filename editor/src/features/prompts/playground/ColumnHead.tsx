import clsx from 'clsx';
import type { PromptReply } from '@heddle/core';
import { X } from 'lucide-react';
import { useId, type ReactElement } from 'react';
import { ComboboxField } from '../../../ui/fields/ComboboxField.js';
import { formatCost } from '../../../ui/format/format-cost.js';
import { formatDuration } from '../../../ui/format/format-duration.js';
import { formatCount } from '../../../ui/format/format-money.js';
import { useModelItems } from '../../models/index.js';
import { labelsOf } from '../prompt-text.js';
import type { Totals } from './try-state.js';
import styles from '../prompts.module.css';

/** A column of the playground: a version of the prompt with a model. */
export interface Column {
  readonly key: number;
  /** `draft` means the text in the editor. */
  readonly version: number | 'draft';
  readonly model: string;
}

/** The version and model of a column, with its totals. */
export function ColumnHead({
  number,
  column,
  versions,
  labels,
  totals,
  onChange,
  onRemove,
}: {
  readonly number: number;
  readonly column: Column;
  readonly versions: PromptReply['versions'];
  readonly labels: PromptReply['labels'];
  readonly totals: Totals;
  readonly onChange: (change: Partial<Column>) => void;
  readonly onRemove: (() => void) | undefined;
}): ReactElement {
  const id = useId();
  const items = useModelItems('generate');
  return (
    <div
      className={clsx(styles['playground-column'], 'boxed-surface stack gap-8')}
      role="group"
      aria-label={`Column ${number}`}
    >
      <div className={clsx(styles['playground-choice'], 'field')}>
        <label className="field-label" htmlFor={id}>
          Version<span className="visually-hidden"> of column {number}</span>
        </label>
        <select
          id={id}
          value={column.version}
          onChange={({ target: { value } }) => onChange({ version: value === 'draft' ? value : Number(value) })}
        >
          <option value="draft">Text above</option>
          {versions.map(({ version }) => (
            <option key={version} value={version}>
              {[`Version ${version}`, ...labelsOf({ labels }, version)].join(' · ')}
            </option>
          ))}
        </select>
        {onRemove === undefined ? null : (
          <button type="button" className="icon-button" aria-label={`Remove column ${number}`} onClick={onRemove}>
            <X size={15} aria-hidden />
          </button>
        )}
      </div>
      <ComboboxField
        title="Model"
        beside={<span className="visually-hidden"> of column {number}</span>}
        value={column.model}
        items={items}
        placeholder="A local model, or connection/model"
        empty="No known model has this name. You can use it anyway."
        onChange={(model) => onChange({ model })}
      />
      <p className="quiet figure">{totalsText(totals)}</p>
    </div>
  );
}

/** The totals of a column as text: `3 answers · 1.2 s · 420 tokens · no cost`. */
export function totalsText({ done, failed, meanMs, tokens, cost }: Totals): string {
  const bad = failed === 0 ? [] : [`${failed} failed`];
  if (done === 0) return bad[0] ?? 'Not run yet';
  const count = done === 1 ? [] : [`${done} answers`];
  const time = `${formatDuration(meanMs)}${done === 1 ? '' : ' each'}`;
  return [...count, ...bad, time, `${formatCount(tokens)} tokens`, cost === 0 ? 'no cost' : formatCost(cost)].join(
    ' · ',
  );
}
