import clsx from 'clsx';
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactElement, type ReactNode } from 'react';
import { focusCanvas } from '../keyboard/move-focus.js';

export interface PickerItem {
  readonly id: string;
  /** The group of the item. Its name is shown above the group's first item while the search is empty. */
  readonly group?: string;
  /** A heading above the item, shown in every search. */
  readonly heading?: string | undefined;
  readonly isOff?: boolean;
}

interface PickerProps<Item extends PickerItem> {
  readonly title: string;
  readonly placeholder: string;
  /** The items that match a search, in their order. */
  readonly itemsFor: (query: string) => readonly Item[];
  readonly draw: (item: Item) => ReactNode;
  readonly detail?: (item: Item) => ReactNode;
  readonly empty: string;
  readonly onPick: (item: Item) => void;
  readonly onClose: () => void;
}

/** A list with a search field. It is used by keyboard: typing, arrow keys, Enter and Escape. */
export function Picker<Item extends PickerItem>({
  title,
  placeholder,
  itemsFor,
  draw,
  detail,
  empty,
  onPick,
  onClose,
}: PickerProps<Item>): ReactElement {
  const id = useId();
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const search = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    search.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before !== document.body) before.focus({ preventScroll: true });
      else focusCanvas();
    };
  }, []);
  const items = itemsFor(query);
  const index = Math.min(at, items.length - 1);
  const active = items[index];
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [index, query]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    const move = event.key === 'Tab' ? (event.shiftKey ? -1 : 1) : steps[event.key];
    if (event.key === 'Escape') onClose();
    else if (event.key === 'Enter' && active !== undefined && active.isOff !== true) onPick(active);
    else if (move !== undefined && items.length > 0) setAt((index + move + items.length * 8) % items.length);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="overlay" onPointerDown={(event) => event.target === event.currentTarget && onClose()}>
      <div
        className={clsx('picker', detail !== undefined && 'picker-wide')}
        role="dialog"
        aria-label={title}
        aria-modal="true"
      >
        <input
          ref={search}
          className="picker-search"
          role="combobox"
          aria-label={title}
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={active === undefined ? undefined : `${id}-${active.id}`}
          placeholder={placeholder}
          value={query}
          spellCheck={false}
          onChange={(event) => {
            setQuery(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        <div className="picker-body stack">
          <ul id={`${id}-list`} ref={list} className="picker-list scrolls" role="listbox" aria-label={title}>
            {items.map((item, position) => (
              <PickerRow
                key={item.id}
                id={`${id}-${item.id}`}
                group={
                  item.heading ??
                  (query === '' && item.group !== '' && item.group !== items[position - 1]?.group
                    ? item.group
                    : undefined)
                }
                isActive={position === index}
                isOff={item.isOff === true}
                onHover={() => setAt(position)}
                onPick={() => onPick(item)}
              >
                {draw(item)}
              </PickerRow>
            ))}
            {items.length === 0 ? <li className="picker-empty quiet">{empty}</li> : null}
          </ul>
          {detail === undefined || active === undefined ? null : <div className="picker-detail">{detail(active)}</div>}
        </div>
      </div>
    </div>
  );
}

interface RowProps {
  readonly id: string;
  readonly group: string | undefined;
  readonly isActive: boolean;
  readonly isOff: boolean;
  readonly onHover: () => void;
  readonly onPick: () => void;
  readonly children: ReactNode;
}

function PickerRow({ id, group, isActive, isOff, onHover, onPick, children }: RowProps): ReactElement {
  return (
    <>
      {group === undefined ? null : (
        <li className="picker-group" role="presentation">
          {group}
        </li>
      )}
      <li
        id={id}
        className="picker-item aligned"
        role="option"
        aria-selected={isActive}
        aria-disabled={isOff || undefined}
        onPointerMove={onHover}
        onClick={isOff ? undefined : onPick}
      >
        {children}
      </li>
    </>
  );
}
