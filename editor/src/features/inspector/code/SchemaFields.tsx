import clsx from 'clsx';
import { Plus } from 'lucide-react';
import type { ReactElement } from 'react';
import { useFocusAdded } from '../../../ui/keyboard/use-focus-added.js';
import { emptyShape, type RowType, type SchemaRow, type SchemaShape } from './schema-rows.js';
import styles from '../inspector.module.css';
import { RemoveButton } from '../../../ui/buttons/RemoveButton.js';

const typeText: readonly { readonly type: RowType; readonly text: string }[] = [
  { type: 'text', text: 'Text' },
  { type: 'number', text: 'Number' },
  { type: 'integer', text: 'Whole number' },
  { type: 'boolean', text: 'Boolean' },
  { type: 'choice', text: 'Choice' },
  { type: 'object', text: 'Object' },
  { type: 'list', text: 'List' },
];
const deepest = 6;

interface ShapeProps {
  readonly shape: SchemaShape;
  readonly depth: number;
  /** The names of the outer fields, for screen readers. */
  readonly path: string;
  readonly isReadOnly: boolean;
  readonly onChange: (shape: SchemaShape) => void;
}

/** The fields of an object schema, each with its type and content. */
export function SchemaFields({ shape, depth, path, isReadOnly, onChange }: ShapeProps): ReactElement {
  const set = (fields: readonly SchemaRow[]): void => onChange({ ...shape, fields });
  const { list, focusAdded } = useFocusAdded();
  const add = (): void => {
    focusAdded();
    set([...shape.fields, { name: freeName(shape.fields), isRequired: true, shape: emptyShape('text') }]);
  };
  return (
    <div className={styles['schema-fields']} ref={list}>
      {shape.fields.map((row, index) => (
        <FieldRow
          key={index}
          row={row}
          depth={depth}
          path={path}
          isDoubled={shape.fields.some((other, at) => at < index && other.name === row.name)}
          isReadOnly={isReadOnly}
          onChange={(next) => set(shape.fields.with(index, next))}
          onRemove={() => set(shape.fields.toSpliced(index, 1))}
        />
      ))}
      {isReadOnly ? null : (
        <button type="button" className="button button-small" onClick={add}>
          <Plus size={14} aria-hidden /> Add field{path === '' ? '' : ` to ${path}`}
        </button>
      )}
    </div>
  );
}

interface FieldRowProps {
  readonly row: SchemaRow;
  readonly depth: number;
  readonly path: string;
  readonly isDoubled: boolean;
  readonly isReadOnly: boolean;
  readonly onChange: (row: SchemaRow) => void;
  readonly onRemove: () => void;
}

function FieldRow({ row, depth, path, isDoubled, isReadOnly, onChange, onRemove }: FieldRowProps): ReactElement {
  const name = path === '' ? row.name : `${path}.${row.name}`;
  return (
    <div className={styles['schema-field']}>
      <div className={clsx(styles['schema-line'], 'aligned gap-4')}>
        <input
          className="mono"
          aria-label={`Name of ${name === '' ? 'the field' : name}`}
          value={row.name}
          readOnly={isReadOnly}
          aria-invalid={isDoubled || row.name === ''}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange({ ...row, name: event.target.value })}
        />
        <TypeChoice
          label={`Type of ${name}`}
          shape={row.shape}
          depth={depth}
          isReadOnly={isReadOnly}
          onChange={(shape) => onChange({ ...row, shape })}
        />
        <label className={clsx(styles['schema-required'], 'aligned-inline small-quiet gap-4')}>
          <input
            type="checkbox"
            checked={row.isRequired}
            disabled={isReadOnly}
            aria-label={`${name} is required`}
            onChange={(event) => onChange({ ...row, isRequired: event.target.checked })}
          />{' '}
          required
        </label>
        {isReadOnly ? null : <RemoveButton label={`Remove ${name}`} onClick={onRemove} />}
      </div>
      {isDoubled ? <p className="field-error">Two fields are named “{row.name}”: the later one is used.</p> : null}
      <input
        aria-label={`Description of ${name}`}
        placeholder="Description for the model"
        value={row.shape.description}
        readOnly={isReadOnly}
        onChange={(event) => onChange({ ...row, shape: { ...row.shape, description: event.target.value } })}
      />
      <Inside
        shape={row.shape}
        depth={depth}
        path={name}
        isReadOnly={isReadOnly}
        onChange={(shape) => onChange({ ...row, shape })}
      />
    </div>
  );
}

function TypeChoice({
  label,
  shape,
  depth,
  isReadOnly,
  onChange,
}: {
  readonly label: string;
  readonly shape: SchemaShape;
  readonly depth: number;
  readonly isReadOnly: boolean;
  readonly onChange: (shape: SchemaShape) => void;
}): ReactElement {
  const offered = typeText.filter(({ type }) => depth < deepest || (type !== 'object' && type !== 'list'));
  return (
    <select
      aria-label={label}
      value={shape.type}
      disabled={isReadOnly}
      onChange={(event) => {
        const type = typeText.find((entry) => entry.type === event.target.value)?.type ?? 'text';
        onChange({ ...emptyShape(type), description: shape.description });
      }}
    >
      {offered.map(({ type, text }) => (
        <option key={type} value={type}>
          {text}
        </option>
      ))}
    </select>
  );
}

/** The content of a choice, an object or a list. */
function Inside({ shape, depth, path, isReadOnly, onChange }: ShapeProps): ReactElement | null {
  switch (shape.type) {
    case 'choice':
      return (
        <input
          className="mono"
          aria-label={`Choices of ${path}`}
          placeholder="one, two, three"
          defaultValue={shape.options.join(', ')}
          readOnly={isReadOnly}
          onChange={(event) => onChange({ ...shape, options: choicesOf(event.target.value) })}
        />
      );
    case 'object':
      return <SchemaFields shape={shape} depth={depth + 1} path={path} isReadOnly={isReadOnly} onChange={onChange} />;
    case 'list': {
      const item = shape.item ?? emptyShape('text');
      return (
        <div className={styles['schema-item']}>
          <p className={clsx(styles['schema-line'], 'aligned gap-4')}>
            <span className="quiet">of</span>{' '}
            <TypeChoice
              label={`Type of the entries of ${path}`}
              shape={item}
              depth={depth + 1}
              isReadOnly={isReadOnly}
              onChange={(next) => onChange({ ...shape, item: next })}
            />
          </p>
          <Inside
            shape={item}
            depth={depth + 1}
            path={`${path}[]`}
            isReadOnly={isReadOnly}
            onChange={(next) => onChange({ ...shape, item: next })}
          />
        </div>
      );
    }
    default:
      return null;
  }
}

function choicesOf(text: string): readonly string[] {
  return [
    ...new Set(
      text
        .split(',')
        .map((word) => word.trim())
        .filter((word) => word !== ''),
    ),
  ];
}

function freeName(fields: readonly SchemaRow[]): string {
  for (let number = fields.length + 1; ; number += 1) {
    const name = `field${number}`;
    if (!fields.some((field) => field.name === name)) return name;
  }
}
