import type { EvaluatorSetup, TryEvaluatorsReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useAction } from '../../data/queries/use-action.js';
import { Field } from '../../ui/fields/Field.js';
import { IfMay } from '../../ui/states/IfMay.js';
import { Notice } from '../../ui/states/Notice.js';
import { Calibrations } from './Calibrations.js';
import { EvaluationTable } from './EvaluationTable.js';

/** A row to start with. */
export interface TriedRow {
  readonly question?: string;
  readonly answer?: string;
  readonly expected?: string;
}

/** Tries evaluators on one answer that a person types in. Judges are really asked. */
export function TryEvaluators({
  evaluators,
  row = {},
}: {
  readonly evaluators: readonly EvaluatorSetup[];
  readonly row?: TriedRow;
}): ReactElement {
  const [typed, setTyped] = useState<TriedRow>(row);
  const [reply, setReply] = useState<TryEvaluatorsReply>();
  const { isBusy, error, run } = useAction();
  const { question = '', answer = '', expected = '' } = typed;
  const judge = (): void =>
    run(async () => {
      setReply(undefined);
      const subject = {
        inputs: question === '' ? {} : { question },
        outputs: { answer },
        passages: [],
        toolCalls: [],
        label: 'internal' as const,
      };
      const body = { evaluators: [...evaluators], subject, ...(expected === '' ? {} : { expected }) };
      setReply(await client.POST('/api/evaluators/try', { body }));
    });
  const text = (title: string, key: keyof TriedRow, value: string): ReactElement => (
    <Field title={title}>
      {(shared) => (
        <textarea
          {...shared}
          rows={2}
          value={value}
          onChange={(event) => setTyped({ ...typed, [key]: event.target.value })}
        />
      )}
    </Field>
  );
  return (
    <IfMay permission="run:document">
      <div className="stack gap-8">
        {text('Question', 'question', question)}
        {text('Answer', 'answer', answer)}
        {text('Expected answer', 'expected', expected)}
        <button
          type="button"
          className="button"
          disabled={isBusy || evaluators.length === 0 || answer.trim() === ''}
          onClick={judge}
        >
          {isBusy ? 'Judging…' : 'Try evaluators'}
        </button>
        {error === undefined ? null : <Notice error={error} action={{ name: 'Try again', run: judge }} />}
        <div role="status">
          {reply === undefined ? null : (
            <>
              <EvaluationTable metrics={reply.metrics} evaluations={reply.evaluations} />
              <Calibrations of={reply.calibrations} />
            </>
          )}
        </div>
      </div>
    </IfMay>
  );
}
