import type { DatasetInfo, PromptVariable } from '@heddle/core';
import { useEffect, useState, type ReactElement } from 'react';
import { useGet } from '../../../data/queries/use-get.js';
import { useMay } from '../../../data/access/me-store.js';
import { SegmentedControl } from '../../../ui/buttons/SegmentedControl.js';
import { LinesField, SelectField } from '../../../ui/fields/FormFields.js';
import { WhenLoaded } from '../../../ui/states/WhenLoaded.js';
import type { TryRow } from './try-state.js';

/** The numbers of rows to choose from. */
const sizes = [1, 3, 5, 10, 20] as const;

/** Chooses the values of the variables: typed ones, or rows of a dataset. */
export function RowSource({
  variables,
  onRows,
}: {
  readonly variables: readonly PromptVariable[];
  readonly onRows: (rows: readonly TryRow[]) => void;
}): ReactElement {
  const [source, setSource] = useState<'typed' | 'dataset'>('typed');
  const mayRead = useMay('run:values');
  return (
    <div className="stack gap-8">
      {mayRead ? (
        <SegmentedControl
          label="Values"
          choices={[
            ['typed', 'Typed in'],
            ['dataset', 'Rows of a dataset'],
          ]}
          value={source}
          onChange={(next) => {
            onRows([]);
            setSource(next);
          }}
        />
      ) : null}
      {source === 'typed' ? (
        <TypedRow variables={variables} onRows={onRows} />
      ) : (
        <DatasetChoice variables={variables} onRows={onRows} />
      )}
    </div>
  );
}

interface SourceProps {
  readonly variables: readonly PromptVariable[];
  readonly onRows: (rows: readonly TryRow[]) => void;
}

function TypedRow({ variables, onRows }: SourceProps): ReactElement {
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  useEffect(() => {
    const values = Object.fromEntries(
      variables.map((variable) => [variable.name, typedValue(variable, texts[variable.name] ?? '')]),
    );
    onRows([{ id: 'typed', values, level: 'internal' }]);
  }, [texts, variables, onRows]);
  if (variables.length === 0) return <p className="quiet">The prompt has no variables: nothing to fill in.</p>;
  return (
    <div className="field-pair">
      {variables.map((variable) => (
        <LinesField
          key={variable.name}
          title={variable.isOptional ? `${variable.name} (may be empty)` : variable.name}
          value={texts[variable.name] ?? ''}
          isCode={readsInside(variable)}
          help={readsInside(variable) ? `JSON: the prompt reads ${variable.paths.join(', ')}.` : undefined}
          error={problemOf(variable, texts[variable.name] ?? '')}
          onChange={(text) => setTexts({ ...texts, [variable.name]: text })}
        />
      ))}
    </div>
  );
}

/** Whether a prompt uses paths inside a value, so that a plain text is not enough. */
const readsInside = ({ name, paths }: PromptVariable): boolean => paths.some((path) => path !== name);

/** The value of a typed text: parsed as JSON if the prompt uses paths inside it, otherwise the text itself. */
export function typedValue(variable: PromptVariable, text: string): unknown {
  if (!readsInside(variable) || text.trim() === '') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function problemOf(variable: PromptVariable, text: string): string | undefined {
  if (!readsInside(variable) || text.trim() === '') return undefined;
  return typeof typedValue(variable, text) === 'object' ? undefined : 'This is not JSON: { "name": "value" }';
}

function DatasetChoice({ variables, onRows }: SourceProps): ReactElement {
  const datasets = useGet('/api/datasets', {}, ({ datasets }) => datasets);
  const [chosen, setChosen] = useState('');
  const [size, setSize] = useState<(typeof sizes)[number]>(5);
  return (
    <WhenLoaded
      loaded={datasets}
      empty="No dataset yet: make one under Quality, Datasets. Its inputs have the names of the variables."
    >
      {(list) => (
        <>
          <div className="field-pair">
            <SelectField
              title="Dataset"
              value={chosen === '' ? (list[0]?.id ?? '') : chosen}
              choices={list.map((dataset) => [dataset.id, optionText(dataset)] as const)}
              onChange={setChosen}
            />
            <SelectField
              title="Rows"
              value={String(size)}
              choices={sizes.map((count) => [String(count), count === 1 ? 'The first' : `The first ${count}`] as const)}
              onChange={(text) => setSize(sizes.find((count) => String(count) === text) ?? 5)}
            />
          </div>
          <DatasetRows
            key={`${chosen} ${size}`}
            id={chosen === '' ? (list[0]?.id ?? '') : chosen}
            size={size}
            variables={variables}
            onRows={onRows}
          />
        </>
      )}
    </WhenLoaded>
  );
}

const optionText = ({ name, rows }: DatasetInfo): string => `${name} (${rows === 1 ? '1 row' : `${rows} rows`})`;

function DatasetRows({
  id,
  size,
  variables,
  onRows,
}: SourceProps & { readonly id: string; readonly size: number }): ReactElement {
  const loaded = useGet(
    '/api/datasets/{id}/rows',
    { params: { path: { id }, query: { limit: size } } },
    ({ rows }) => rows,
  );
  const { value } = loaded;
  useEffect(
    () => onRows((value ?? []).map(({ id: row, inputs, label }) => ({ id: row, values: inputs, level: label }))),
    [value, onRows],
  );
  return (
    <WhenLoaded loaded={loaded} empty="This dataset has no rows.">
      {(rows) => {
        const missing = variables.filter(
          ({ name, isOptional }) => !isOptional && rows.some(({ inputs }) => !Object.hasOwn(inputs, name)),
        );
        return missing.length === 0 ? null : (
          <p className="field-error" role="status">
            Some rows have no {missing.map(({ name }) => name).join(', ')}: they will fail. Name the inputs of the
            dataset as the variables of the prompt.
          </p>
        );
      }}
    </WhenLoaded>
  );
}
