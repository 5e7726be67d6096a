import { useRef, useState, type KeyboardEvent, type ReactElement, type ReactNode } from 'react';
import { useAfterPress } from './use-after-press.js';

export interface ComboboxItem {
  readonly value: string;
  readonly title: string;
  readonly detail: string;
  /** A decorative picture before the title. */
  readonly picture?: ReactElement;
  /** A short text at the end, such as a state. */
  readonly mark?: string;
}

interface ComboboxProps {
  readonly id: string;
  readonly value: string;
  readonly items: readonly ComboboxItem[];
  readonly placeholder: string | undefined;
  /** Shown if nothing matches. */
  readonly empty: ReactNode;
  readonly isReadOnly: boolean;
  readonly isInvalid: boolean;
  readonly describedBy: string | undefined;
  readonly onChange: (value: string) => void;
}

const mostShown = 60;

/** A text field with suggestions. The user types to search, selects with arrow keys and Enter, or enters another text. */
export function Combobox({
  id,
  value,
  items,
  placeholder,
  empty,
  isReadOnly,
  isInvalid,
  describedBy,
  onChange,
}: ComboboxProps): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const [query, setQuery] = useState<string>();
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const found = isOpen ? search(items, query ?? '') : [];
  const active = Math.min(at, found.length - 1);
  const show = (): void => {
    if (isReadOnly || isOpen) return;
    setOpen(true);
    setQuery(undefined);
    setAt(
      Math.max(
        0,
        items.findIndex((item) => item.value === value),
      ),
    );
  };
  const close = (): void => {
    setOpen(false);
    setQuery(undefined);
  };
  const afterPress = useAfterPress(isOpen);
  const pick = (item: ComboboxItem | undefined): void => {
    if (item !== undefined) onChange(item.value);
    close();
  };
  const move = (step: number): void => {
    if (found.length === 0) return;
    const next = (active + step + found.length) % found.length;
    setAt(next);
    list.current?.children[next]?.scrollIntoView({ block: 'nearest' });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (isOpen) move(event.key === 'ArrowDown' ? 1 : -1);
      else show();
    } else if (event.key === 'Enter' && isOpen && !event.ctrlKey && !event.metaKey) pick(found[active]);
    else if (event.key === 'Escape' && isOpen) close();
    else return;
    event.preventDefault();
    // If nothing matches, a surrounding component may use the text on Enter.
    if (event.key !== 'Enter' || found.length > 0) event.stopPropagation();
  };
  return (
    <div
      className="combobox"
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) afterPress(close);
      }}
    >
      <input
        id={id}
        role="combobox"
        aria-expanded={isOpen}
        aria-controls={`${id}-options`}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && active >= 0 ? `${id}-option-${active}` : undefined}
        aria-describedby={describedBy}
        aria-invalid={isInvalid}
        autoComplete="off"
        spellCheck={false}
        value={value}
        placeholder={placeholder}
        readOnly={isReadOnly}
        onClick={show}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          setOpen(true);
          setAt(0);
          setQuery(event.target.value);
          onChange(event.target.value);
        }}
      />
      <ul
        ref={list}
        id={`${id}-options`}
        role="listbox"
        aria-label="Suggestions"
        className="combobox-list boxed scrolls"
        hidden={!isOpen || found.length === 0}
      >
        {found.map((item, index) => (
          <li
            key={item.value}
            id={`${id}-option-${index}`}
            role="option"
            aria-selected={index === active}
            data-chosen={item.value === value || undefined}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => pick(item)}
          >
            <span className="combobox-title strong-text">
              {item.picture}
              {item.title}
            </span>
            {item.mark === undefined ? null : <span className="combobox-mark small-quiet">{item.mark}</span>}
            <span className="combobox-detail quiet">{item.detail}</span>
          </li>
        ))}
      </ul>
      {isOpen && found.length === 0 ? <div className="combobox-empty boxed quiet">{empty}</div> : null}
    </div>
  );
}

/** The items that contain every word of the search. */
function search(items: readonly ComboboxItem[], query: string): readonly ComboboxItem[] {
  const terms = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return items
    .filter((item) => terms.every((word) => `${item.value} ${item.title} ${item.detail}`.toLowerCase().includes(word)))
    .slice(0, mostShown);
}
