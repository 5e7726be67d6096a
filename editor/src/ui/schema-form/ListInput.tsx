import clsx from 'clsx';
import { ArrowDown, ArrowUp, ChevronRight, Plus } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { emptyValue, type SchemaField } from './schema-field.js';
import type { FieldProps, InputShared } from './field-props.js';
import { newItem } from './new-item.js';
import { useFocusAdded } from '../keyboard/use-focus-added.js';
import { isRowItem, isSingleItem, listItemText, nameOfOne } from './list-item-text.js';
import { RemoveButton } from '../buttons/RemoveButton.js';

/** A longer list starts with closed items, so that it stays readable. */
const openUpTo = 2;

/** A list with buttons to add, remove and move items. Items with many settings can be closed; small items take one row each. */
export function ListInput(props: FieldProps<'list'> & InputShared): ReactElement {
  const { field, value, isReadOnly, onChange } = props;
  const items: readonly unknown[] = Array.isArray(value) ? value : Array.isArray(field.standard) ? field.standard : [];
  const one = nameOfOne(field.title);
  // The open items, by index; they move with their items.
  const [open, setOpen] = useState<ReadonlySet<number>>(() => new Set(items.length <= openUpTo ? items.keys() : []));
  const isRow = isRowItem(field.item);
  const isFoldable = !isRow && field.item.kind === 'record';
  const swap = (from: number, to: number): void => {
    onChange(items.with(from, items[to]).with(to, items[from]));
    setOpen(new Set([...open].map((at) => (at === from ? to : at === to ? from : at))));
  };
  const remove = (index: number): void => {
    onChange(items.toSpliced(index, 1));
    setOpen(new Set([...open].flatMap((at) => (at === index ? [] : [at > index ? at - 1 : at]))));
  };
  const { list, focusAdded } = useFocusAdded();
  const add = (): void => {
    focusAdded();
    onChange([...items, newItem(field.item, items, one)]);
    setOpen(new Set([...open, items.length]));
  };
  return (
    <div className="list-field" ref={list}>
      {items.map((item, index) => (
        <ListItem
          key={index}
          {...props}
          item={item}
          index={index}
          count={items.length}
          one={one}
          isRow={isRow}
          isOpen={!isFoldable || open.has(index)}
          onToggle={
            isFoldable
              ? () =>
                  setOpen(
                    (before) =>
                      new Set(before.has(index) ? [...before].filter((at) => at !== index) : [...before, index]),
                  )
              : undefined
          }
          onSet={(next) => onChange(items.with(index, next ?? emptyValue(field.item)))}
          onMove={(to) => swap(index, to)}
          onRemove={() => remove(index)}
        />
      ))}
      {isReadOnly || (field.most !== undefined && items.length >= field.most) ? null : (
        <button type="button" className="button button-small" onClick={add}>
          <Plus size={14} aria-hidden /> Add {one}
        </button>
      )}
    </div>
  );
}

interface ListItemProps extends FieldProps<'list'>, InputShared {
  readonly item: unknown;
  readonly index: number;
  readonly count: number;
  readonly one: string;
  readonly isRow: boolean;
  readonly isOpen: boolean;
  readonly onToggle: (() => void) | undefined;
  readonly onSet: (value: unknown) => void;
  readonly onMove: (to: number) => void;
  readonly onRemove: () => void;
}

function ListItem({
  field,
  item,
  path,
  issues,
  isReadOnly,
  Field,
  index,
  count,
  one,
  isRow,
  isOpen,
  onToggle,
  onSet,
  onMove,
  onRemove,
}: ListItemProps): ReactElement {
  const text = listItemText(field.item, item);
  const key = `${path}.${index}`;
  const problems = isOpen
    ? 0
    : issues.filter((issue) => issue.field === key || issue.field?.startsWith(`${key}.`) === true).length;
  const isSingle = isSingleItem(field.item);
  const tools = isReadOnly ? null : <Tools one={one} index={index} count={count} onMove={onMove} onRemove={onRemove} />;
  const inner = (
    <Field
      field={titled(field.item, `${field.title} ${index + 1}`)}
      value={item}
      path={key}
      issues={issues}
      isReadOnly={isReadOnly}
      onChange={onSet}
    />
  );
  return (
    <div
      className={clsx('list-item boxed', isRow && 'list-item-row', isSingle && 'list-item-single')}
      role="group"
      aria-label={`${one} ${index + 1}`}
    >
      {isSingle ? (
        <>
          <span className="quiet figure">{index + 1}</span>
          {inner}
          {tools}
        </>
      ) : (
        <>
          <div className="list-item-tools aligned">
            {onToggle === undefined ? (
              <span className="quiet figure fills">{index + 1}</span>
            ) : (
              <button
                type="button"
                className="list-item-toggle bare-button aligned fills"
                aria-expanded={isOpen}
                onClick={onToggle}
              >
                <ChevronRight size={13} aria-hidden />
                <span className="quiet figure">{index + 1}</span>
                <span className="list-item-text truncate">{text}</span>
                {problems === 0 ? null : (
                  <span className="list-item-problems">{problems === 1 ? '1 issue' : `${problems} issues`}</span>
                )}
              </button>
            )}
            {tools}
          </div>
          {isOpen ? inner : null}
        </>
      )}
    </div>
  );
}

interface ToolsProps {
  readonly one: string;
  readonly index: number;
  readonly count: number;
  readonly onMove: (to: number) => void;
  readonly onRemove: () => void;
}

function Tools({ one, index, count, onMove, onRemove }: ToolsProps): ReactElement {
  return (
    <>
      <button
        type="button"
        className="icon-button"
        disabled={index === 0}
        aria-label={`Move ${one} ${index + 1} up`}
        onClick={() => onMove(index - 1)}
      >
        <ArrowUp size={14} aria-hidden />
      </button>
      <button
        type="button"
        className="icon-button"
        disabled={index === count - 1}
        aria-label={`Move ${one} ${index + 1} down`}
        onClick={() => onMove(index + 1)}
      >
        <ArrowDown size={14} aria-hidden />
      </button>
      <RemoveButton label={`Remove ${one} ${index + 1}`} onClick={onRemove} />
    </>
  );
}

function titled(field: SchemaField, title: string): SchemaField {
  return field.title === '' ? { ...field, title } : field;
}
