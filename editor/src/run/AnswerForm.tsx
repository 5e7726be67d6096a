import { useState, type ReactElement } from 'react';
import { useMay } from '../access/me-store.js';
import { toApiError } from '../api/http.js';
import { useSession } from '../session.js';
import { Markdown } from '../values/Markdown.js';
import { say } from '../view/view-store.js';
import { isBreakpoint, type AskedQuestion } from './answer-fields.js';
import { AskDetails } from './AskDetails.js';
import { ButtonAnswer } from './ButtonAnswer.js';
import { FieldAnswer } from './FieldAnswer.js';
import { runApi } from './run-api.js';

export interface AnswerFormProps {
  readonly runId: string;
  readonly askId: string;
  readonly question: AskedQuestion;
  /** On a card there is little room: no heading of its own. */
  readonly isCompact?: boolean;
}

/** A question with exactly what it is about and the form of its answer; at a breakpoint the ways to go on. */
export function AnswerForm({ runId, askId, question, isCompact = false }: AnswerFormProps): ReactElement {
  const { view } = useSession();
  const [error, setError] = useState<string>();
  const [isSending, setSending] = useState(false);
  const isPause = isBreakpoint(question);
  const mayAnswer = useMay(isPause ? 'run:control' : 'ask:answer');
  const { buttons = [] } = question;
  const settle = (work: Promise<void>): void => {
    setSending(true);
    setError(undefined);
    work.catch((thrown: unknown) => {
      const { code, message } = toApiError(thrown);
      setSending(false);
      setError(message);
      // The question leaves the page as it is decided, and would take the word with it that this answer did not count.
      if (code === 'ask_decided')
        say(
          view,
          `Your answer to “${question.title}” came too late and was not taken. The run says who decided.`,
          true,
        );
    });
  };
  const send = (value: unknown, reason?: string): void => settle(runApi.answer(runId, askId, value, reason));
  const goOn = (step: boolean): void => settle(runApi.goOn(runId, askId, step));
  return (
    <div className="ask nodrag nowheel" data-compact={isCompact || undefined}>
      {isCompact && isPause ? null : <p className="ask-title">{question.title}</p>}
      {question.body === undefined || (isCompact && isPause) || question.details?.['tool'] !== undefined ? null : (
        <div className="ask-body" dir="auto">
          {isPause ? <p>The run waits before this node.</p> : <Markdown text={question.body} />}
        </div>
      )}
      {question.details === undefined || isPause ? null : (
        <AskDetails details={question.details} isCompact={isCompact} />
      )}
      {!mayAnswer ? (
        <p className="quiet">
          {isPause ? 'Going on needs another role here.' : 'Answering needs the role approver or owner.'}
        </p>
      ) : isPause ? (
        <div className="ask-actions">
          <button type="button" className="button button-primary" disabled={isSending} onClick={() => goOn(false)}>
            Continue
          </button>
          <button type="button" className="button" disabled={isSending} onClick={() => goOn(true)}>
            Step
          </button>
        </div>
      ) : buttons.length > 0 ? (
        <ButtonAnswer schema={question.schema} buttons={buttons} isSending={isSending} onSend={send} />
      ) : (
        <FieldAnswer schema={question.schema} isSending={isSending} onSend={send} />
      )}
      {error === undefined ? null : (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
