import { variablesOfPrompt, type PromptContent, type PromptReply } from '@heddle/core';
import { Plus } from 'lucide-react';
import { useMemo, useState, type ReactElement } from 'react';
import { NumberField } from '../../../ui/fields/FormFields.js';
import { Allowed } from '../../../ui/states/Allowed.js';
import { AnswerGrid } from './AnswerGrid.js';
import { ColumnHead, type Column } from './ColumnHead.js';
import { RowSource } from './RowSource.js';
import type { TryRow } from './try-state.js';
import { useTries } from './use-tries.js';
import styles from '../prompts.module.css';

const mostColumns = 6;
const defaultModel = 'smollm2-135m';

/** Compares versions and models on typed values or on rows of a dataset. Each answer is a run. */
export function Playground({
  prompt,
  draft,
}: {
  readonly prompt: PromptReply;
  /** The text in the editor, which may not be saved yet. */
  readonly draft: PromptContent;
}): ReactElement {
  return (
    <section className="section stack gap-12" aria-labelledby="prompt-playground">
      <h2 id="prompt-playground">Playground</h2>
      <Allowed permission="run:document" what="Trying a prompt">
        <Opened prompt={prompt} draft={draft} />
      </Allowed>
    </section>
  );
}

function Opened({ prompt, draft }: { readonly prompt: PromptReply; readonly draft: PromptContent }): ReactElement {
  const [columns, setColumns] = useState<readonly Column[]>([{ key: 0, version: 'draft', model: defaultModel }]);
  const [rows, setRows] = useState<readonly TryRow[]>([]);
  const [maxTokens, setMaxTokens] = useState<number | undefined>(256);
  const tries = useTries(prompt, draft);
  const variables = useMemo(() => variablesOrNone(draft), [draft]);
  const set = (key: number, change: Partial<Column>): void =>
    setColumns(columns.map((column) => (column.key === key ? { ...column, ...change } : column)));
  const add = (): void => {
    const last = columns.at(-1);
    const key = Math.max(...columns.map((column) => column.key)) + 1;
    setColumns([...columns, { version: last?.version ?? 'draft', model: last?.model ?? defaultModel, key }]);
  };
  const isReady = rows.length > 0 && columns.every(({ model }) => model.trim() !== '');
  return (
    <>
      <RowSource variables={variables} onRows={setRows} />
      <div className={styles['playground-columns']}>
        {columns.map((column, index) => (
          <ColumnHead
            key={column.key}
            number={index + 1}
            column={column}
            versions={prompt.versions}
            labels={prompt.labels}
            totals={tries.totals(column.key)}
            onChange={(change) => set(column.key, change)}
            onRemove={
              columns.length === 1 ? undefined : () => setColumns(columns.filter(({ key }) => key !== column.key))
            }
          />
        ))}
      </div>
      <div className={styles['playground-actions']}>
        <NumberField title="Max tokens" value={maxTokens} min={1} max={8192} step={1} onChange={setMaxTokens} />
        <button type="button" className="button" disabled={columns.length >= mostColumns} onClick={add}>
          <Plus size={15} aria-hidden /> Add column
        </button>
        {tries.isBusy ? (
          <button type="button" className="button" onClick={tries.stop}>
            Stop
          </button>
        ) : (
          <button
            type="button"
            className="button button-primary"
            disabled={!isReady}
            onClick={() => tries.start(columns, rows, maxTokens ?? 256)}
          >
            {columns.length * rows.length < 2 ? 'Run' : `Run ${columns.length * rows.length} times`}
          </button>
        )}
      </div>
      <AnswerGrid columns={columns} rows={tries.rows} answerOf={tries.answerOf} />
    </>
  );
}

/** The variables of a text; none while the text is invalid because the user is still typing. */
function variablesOrNone(content: PromptContent): ReturnType<typeof variablesOfPrompt> {
  try {
    return variablesOfPrompt(content);
  } catch {
    return [];
  }
}
