import type { PromptContent, PromptReply } from '@heddle/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import { client } from '../../../data/api/client.js';
import { toApiError } from '../../../data/http/http.js';
import type { Column } from './ColumnHead.js';
import { totalsOf, tryColumn, type Answer, type Totals, type TryRow } from './try-state.js';

/** Answers by column and row. */
type Answers = ReadonlyMap<string, Answer>;

const keyOf = (column: number, row: string): string => `${column} ${row}`;

export interface Tries {
  readonly isBusy: boolean;
  /** The rows with which the tries were last started. */
  readonly rows: readonly TryRow[];
  readonly answerOf: (column: number, row: string) => Answer | undefined;
  readonly totals: (column: number) => Totals;
  readonly start: (columns: readonly Column[], rows: readonly TryRow[], maxTokens: number) => void;
  readonly stop: () => void;
}

/** Runs the columns in parallel, and in each column one row after the other. Leaving the page stops them. */
export function useTries({ id, name }: Pick<PromptReply, 'id' | 'name'>, draft: PromptContent): Tries {
  const [answers, setAnswers] = useState<Answers>(new Map());
  const [rows, setRows] = useState<readonly TryRow[]>([]);
  const [isBusy, setBusy] = useState(false);
  const controller = useRef<AbortController>(undefined);
  useEffect(() => () => controller.current?.abort(), []);

  const start: Tries['start'] = (columns, given, maxTokens) => {
    const { signal } = (controller.current = new AbortController());
    setBusy(true);
    setAnswers(new Map());
    setRows(given);
    const show = (column: number, row: string, answer: Answer): void =>
      setAnswers((before) => new Map(before).set(keyOf(column, row), answer));
    const runColumn = async ({ key, version, model }: Column): Promise<void> => {
      for (const row of given) {
        if (signal.aborted) return;
        try {
          const content = version === 'draft' ? draft : await contentOf(id, version);
          await tryColumn(name, { content, model, maxTokens }, row, (answer) => show(key, row.id, answer), signal);
        } catch (error) {
          show(key, row.id, { status: 'failed', message: toApiError(error).message });
        }
      }
    };
    void Promise.all(columns.map(runColumn)).finally(() => setBusy(false));
  };
  const answerOf = useCallback((column: number, row: string) => answers.get(keyOf(column, row)), [answers]);
  return {
    isBusy,
    rows,
    answerOf,
    start,
    stop: () => controller.current?.abort(),
    totals: (column) => totalsOf(rows.flatMap(({ id: row }) => answers.get(keyOf(column, row)) ?? [])),
  };
}

const contentOf = async (id: string, version: number): Promise<PromptContent> =>
  (await client.GET('/api/prompts/{id}/versions/{version}', { params: { path: { id, version: String(version) } } }))
    .content;
