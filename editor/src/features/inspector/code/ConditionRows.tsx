import { Plus } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { useFocusAdded } from '../../../ui/keyboard/use-focus-added.js';
import { operators, valuesOf, type Condition, type ConditionRow, type Operator } from './condition.js';
import { readCondition } from './read-condition.js';
import { isField, readValue, readValues, valuesText, scalarText, writeCondition } from './write-condition.js';
import styles from '../inspector.module.css';
import { RemoveButton } from '../../../ui/buttons/RemoveButton.js';

interface ConditionRowsProps {
  readonly id: string;
  readonly text: string;
  readonly fields: readonly { readonly text: string; readonly note: string }[];
  readonly isReadOnly: boolean;
  readonly isInvalid: boolean;
  readonly describedBy: string | undefined;
  readonly onChange: (text: string) => void;
}

/** The lines as the user typed them. A field keeps its text while it is invalid. */
interface Draft {
  readonly join: Condition['join'];
  readonly rows: readonly DraftRow[];
}

interface DraftRow {
  readonly field: string;
  readonly operator: Operator;
  readonly text: string;
}

const emptyRow: DraftRow = { field: 'value', operator: '==', text: '' };

/** A condition as lines of field, operator and value. */
export function ConditionRows({
  id,
  text,
  fields,
  isReadOnly,
  isInvalid,
  describedBy,
  onChange,
}: ConditionRowsProps): ReactElement {
  const [draft, setDraft] = useState<{ readonly of: string; readonly lines: Draft }>(() => ({
    of: text,
    lines: draftOf(text),
  }));
  // After a change from outside, such as an undo, the condition is parsed again. After a change made here, the typed text stays.
  const lines = draft.of === text ? draft.lines : draftOf(text);
  const change = (next: Draft): void => {
    const written = textOfDraft(next);
    setDraft({ of: written ?? text, lines: next });
    if (written !== undefined && written !== text) onChange(written);
  };
  const replace = (index: number, row: DraftRow): void => change({ ...lines, rows: lines.rows.with(index, row) });
  const { list, focusAdded } = useFocusAdded();
  const add = (): void => {
    focusAdded();
    change({ ...lines, rows: [...lines.rows, emptyRow] });
  };
  return (
    <div
      className={styles['condition-rows']}
      ref={list}
      role="group"
      aria-labelledby={`${id}-label`}
      aria-describedby={describedBy}
    >
      {lines.rows.length > 1 ? (
        <p>
          <select
            aria-label="Match"
            value={lines.join}
            disabled={isReadOnly}
            onChange={(event) => change({ ...lines, join: event.target.value === 'any' ? 'any' : 'all' })}
          >
            <option value="all">All conditions</option>
            <option value="any">Any condition</option>
          </select>
        </p>
      ) : null}
      <datalist id={`${id}-fields`}>
        {fields.map((field) => (
          <option key={field.text} value={field.text}>
            {field.note}
          </option>
        ))}
      </datalist>
      {lines.rows.map((row, index) => (
        <Row
          key={index}
          row={row}
          number={index + 1}
          listId={`${id}-fields`}
          isReadOnly={isReadOnly}
          isInvalid={isInvalid}
          onChange={(next) => replace(index, next)}
          onRemove={
            lines.rows.length === 1 ? undefined : () => change({ ...lines, rows: lines.rows.toSpliced(index, 1) })
          }
        />
      ))}
      {isReadOnly ? null : (
        <button type="button" className="button button-small" onClick={add}>
          <Plus size={14} aria-hidden /> Add condition
        </button>
      )}
    </div>
  );
}

interface RowProps {
  readonly row: DraftRow;
  readonly number: number;
  readonly listId: string;
  readonly isReadOnly: boolean;
  readonly isInvalid: boolean;
  readonly onChange: (row: DraftRow) => void;
  readonly onRemove: (() => void) | undefined;
}

function Row({ row, number, listId, isReadOnly, isInvalid, onChange, onRemove }: RowProps): ReactElement {
  const takes = valuesOf(row.operator);
  const isUnreadable = !isField(row.field);
  return (
    <div className={styles['condition-row']}>
      <input
        className="mono"
        list={listId}
        aria-label={`Field of line ${number}`}
        value={row.field}
        readOnly={isReadOnly}
        aria-invalid={isInvalid || isUnreadable}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange({ ...row, field: event.target.value })}
      />
      <select
        aria-label={`Comparison of line ${number}`}
        value={row.operator}
        disabled={isReadOnly}
        onChange={(event) =>
          onChange({
            ...row,
            operator: operators.find(({ operator }) => operator === event.target.value)?.operator ?? row.operator,
          })
        }
      >
        {operators.map(({ operator, text: label }) => (
          <option key={operator} value={operator}>
            {label}
          </option>
        ))}
      </select>
      {takes === 'none' ? (
        <span />
      ) : (
        <input
          className="mono"
          aria-label={`Value of line ${number}`}
          value={row.text}
          readOnly={isReadOnly}
          aria-invalid={isInvalid}
          placeholder={takes === 'many' ? 'one, two, three' : 'text, number, true'}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange({ ...row, text: event.target.value })}
        />
      )}
      {onRemove === undefined || isReadOnly ? null : (
        <RemoveButton label={`Remove line ${number}`} onClick={onRemove} />
      )}
    </div>
  );
}

function draftOf(text: string): Draft {
  const condition = readCondition(text);
  if (condition === undefined) return { join: 'all', rows: [emptyRow] };
  return {
    join: condition.join,
    rows: condition.rows.map(({ field, operator, values }) => ({
      field,
      operator,
      text: valuesOf(operator) === 'many' ? valuesText(values) : values[0] === undefined ? '' : scalarText(values[0]),
    })),
  };
}

/** The expression of the lines; undefined while a field is invalid, so that nothing invalid is stored. */
function textOfDraft({ join, rows }: Draft): string | undefined {
  if (rows.some(({ field }) => !isField(field))) return undefined;
  const read = rows.map(({ field, operator, text: label }): ConditionRow => ({
    field,
    operator,
    values: valuesOf(operator) === 'many' ? readValues(label) : valuesOf(operator) === 'one' ? [readValue(label)] : [],
  }));
  return writeCondition({ join, rows: read });
}
