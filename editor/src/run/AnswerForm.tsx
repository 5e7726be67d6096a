import { useMemo, useState, type ReactElement, type SyntheticEvent } from 'react';
import { toApiError } from '../api/http.js';
import { answerFields, isBreakpoint, readAnswer } from './answer-fields.js';
import { AnswerInput } from './AnswerInput.js';
import { runApi } from './run-api.js';

export interface AnswerFormProps {
  readonly runId: string;
  readonly askId: string;
  readonly question: {
    readonly title: string;
    readonly body?: string | undefined;
    readonly schema: Readonly<Record<string, unknown>>;
    readonly dueAt?: number | undefined;
  };
  /** On a card there is little room: no heading of its own. */
  readonly isCompact?: boolean;
}

/** A question with the form of its answer; at a breakpoint the ways to go on. */
export function AnswerForm({ runId, askId, question, isCompact = false }: AnswerFormProps): ReactElement {
  const [error, setError] = useState<string>();
  const [isSending, setSending] = useState(false);
  const send = (value: unknown): void => {
    setSending(true);
    setError(undefined);
    runApi.answer(runId, askId, value).catch((thrown: unknown) => {
      setSending(false);
      setError(toApiError(thrown).message);
    });
  };
  return (
    <div className="ask nodrag nowheel" data-compact={isCompact || undefined}>
      {isCompact && isBreakpoint(question) ? null : <p className="ask-title">{question.title}</p>}
      {question.body === undefined || (isCompact && isBreakpoint(question)) ? null : (
        <p className="ask-body" dir="auto">
          {isBreakpoint(question) ? 'The run waits before this node.' : question.body}
        </p>
      )}
      {isBreakpoint(question) ? (
        <div className="ask-actions">
          <button
            type="button"
            className="button button-primary"
            disabled={isSending}
            onClick={() => send({ step: false })}
          >
            Continue
          </button>
          <button type="button" className="button" disabled={isSending} onClick={() => send({ step: true })}>
            Step
          </button>
        </div>
      ) : (
        <Fields schema={question.schema} isSending={isSending} onSend={send} />
      )}
      {error === undefined ? null : (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

function Fields({
  schema,
  isSending,
  onSend,
}: {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly isSending: boolean;
  readonly onSend: (value: unknown) => void;
}): ReactElement {
  const fields = useMemo(() => answerFields(schema), [schema]);
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  // One choice among few needs no second click.
  const only = fields.length === 1 ? fields[0] : undefined;
  const isOneClick = only?.kind === 'choice' && only.choices.length <= 4;
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    const answer = readAnswer(fields, values);
    setErrors(answer.ok ? {} : answer.errors);
    if (answer.ok) onSend(answer.value);
  };
  if (isOneClick) {
    return (
      <div className="ask-actions" role="group" aria-label={only.title}>
        {only.choices.map((choice, index) => (
          <button
            key={choice}
            type="button"
            className={index === 0 ? 'button button-primary' : 'button'}
            disabled={isSending}
            onClick={() => onSend(only.name === '' ? choice : { [only.name]: choice })}
          >
            {choice}
          </button>
        ))}
      </div>
    );
  }
  return (
    <form className="ask-form" onSubmit={submit} noValidate>
      {fields.map((field) => (
        <AnswerInput
          key={field.name}
          field={field}
          value={values[field.name] ?? field.initial}
          error={errors[field.name]}
          onChange={(value) => setValues((before) => ({ ...before, [field.name]: value }))}
        />
      ))}
      <button type="submit" className="button button-primary" disabled={isSending}>
        {isSending ? 'Sending' : 'Answer'}
      </button>
    </form>
  );
}
