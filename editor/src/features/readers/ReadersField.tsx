import type { ReaderChoice } from '@heddle/core';
import { X } from 'lucide-react';
import { useId, useState, type FocusEvent, type KeyboardEvent, type ReactElement } from 'react';
import { useGet } from '../../data/queries/use-get.js';
import { Combobox } from '../../ui/fields/Combobox.js';
import { SelectField } from '../../ui/fields/FormFields.js';
import { kindText, titleOf } from './reader-text.js';

/** Who may read a document. Null means everybody, undefined leaves the readers unchanged. */
export type ReadersValue = readonly string[] | null | undefined;

interface ReadersFieldProps {
  readonly value: ReadersValue;
  /** The caption of the option that leaves the readers unchanged. Without it, there is no such option. */
  readonly unchanged?: string;
  readonly onChange: (value: ReadersValue) => void;
}

/** Chooses who may read documents: everybody, or the people and groups of a list. */
export function ReadersField({ value, unchanged, onChange }: ReadersFieldProps): ReactElement {
  const choices = useGet('/api/readers', {}, ({ readers }) => readers);
  const mode = value === undefined ? 'unchanged' : value === null ? 'everybody' : 'these';
  return (
    <div className="stack gap-12">
      <SelectField
        title="Who may read"
        value={mode}
        choices={[
          ...(unchanged === undefined ? [] : ([['unchanged', unchanged]] as const)),
          ['everybody', 'Everybody who may read the collection'],
          ['these', 'Only these'],
        ]}
        onChange={(next) => onChange(next === 'unchanged' ? undefined : next === 'everybody' ? null : (value ?? []))}
      />
      {Array.isArray(value) ? <ReaderList readers={value} choices={choices.value ?? []} onChange={onChange} /> : null}
    </div>
  );
}

/** A list of readers, each with a button that removes it, and a field that adds one. */
export function ReaderList({
  readers,
  choices,
  empty = 'Nobody may read it yet.',
  onChange,
}: {
  readonly readers: readonly string[];
  /** The text shown for an empty list. */
  readonly empty?: string;
  readonly choices: readonly ReaderChoice[];
  readonly onChange: (readers: readonly string[]) => void;
}): ReactElement {
  const id = useId();
  const [text, setText] = useState('');
  const items = choices
    .filter(({ reader }) => !readers.includes(reader))
    .map(({ reader, title }) => ({ value: reader, title, detail: reader, mark: kindText(reader) }));
  const add = (reader: string): void => {
    const name = reader.trim();
    setText('');
    if (name !== '' && !readers.includes(name)) onChange([...readers, name]);
  };
  // Enter adds the typed name, and so does leaving the field. Otherwise the name would be missing when the list is saved.
  const addOnEnter = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing || text.trim() === '') return;
    event.preventDefault();
    add(text);
  };
  const addOnLeave = ({ currentTarget, relatedTarget }: FocusEvent): void => {
    if (relatedTarget !== null && !currentTarget.contains(relatedTarget)) add(text);
  };
  return (
    <div className="stack gap-8">
      {readers.length === 0 ? (
        <p className="quiet">{empty}</p>
      ) : (
        <ul className="rows" data-part="reader-list" aria-label="Readers">
          {readers.map((reader) => (
            <li key={reader} className="row aligned">
              <span className="row-main">
                <span className="row-title">{titleOf(reader, choices)}</span>
                <span className="quiet">{kindText(reader)}</span>
              </span>
              <button
                type="button"
                className="icon-button"
                aria-label={`Remove ${titleOf(reader, choices)}`}
                onClick={() => onChange(readers.filter((other) => other !== reader))}
              >
                <X size={14} aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className="field">
        <label className="field-label" htmlFor={id}>
          Add a person or group
        </label>
        <div className="wrapped gap-8" onKeyDown={addOnEnter} onBlur={addOnLeave}>
          <Combobox
            id={id}
            value={text}
            items={items}
            placeholder="user:ada@example.org"
            empty="None found. Write a name such as end-user:ann."
            isReadOnly={false}
            isInvalid={false}
            describedBy={undefined}
            onChange={(next) => (items.some(({ value }) => value === next) ? add(next) : setText(next))}
          />
          <button type="button" className="button" disabled={text.trim() === ''} onClick={() => add(text)}>
            Add
          </button>
        </div>
      </div>
    </div>
  );
}
