import clsx from 'clsx';
import { useMemo, useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { useMay } from '../../data/access/me-store.js';
import { toApiError } from '../../data/http/http.js';
import { useSession } from '../session/index.js';
import { Markdown } from '../../ui/markdown/Markdown.js';
import { showToast } from '../view/index.js';
import { answerFields, type HumanInputQuestion } from '../../ui/answer/answer-fields.js';
import { RequestDetails } from './RequestDetails.js';
import { ButtonAnswer } from '../../ui/answer/ButtonAnswer.js';
import { FieldAnswer } from '../../ui/answer/FieldAnswer.js';
import { outboxKey, type GivenAnswer, answerText, lateText } from '../run/index.js';
import { UnsentAnswer } from './UnsentAnswer.js';
import { useAnswerDraft } from './use-answer-draft.js';
import { FieldError } from '../../ui/fields/FieldError.js';
import styles from './human-input.module.css';

interface AnswerFormProps {
  readonly runId: string;
  readonly requestId: string;
  readonly question: HumanInputQuestion;
  /** Whether the engine asks at a breakpoint. */
  readonly isBreakpoint?: boolean;
  /** Whether the form is on a card, where space is short. */
  readonly isCompact?: boolean;
}

/** A human input request with its details and answer form, or the buttons of a breakpoint. */
export function AnswerForm({
  runId,
  requestId,
  question,
  isBreakpoint = false,
  isCompact = false,
}: AnswerFormProps): ReactElement {
  const { view, answers } = useSession();
  const [error, setError] = useState<string>();
  const [isSubmitting, setSubmitting] = useState(false);
  const isSecret = useMemo(() => answerFields(question.schema).some((field) => field.isSecret), [question.schema]);
  const mayAnswer = useMay(isBreakpoint ? 'run:control' : 'human-input:answer');
  const { buttons = [] } = question;
  const key = outboxKey(runId, requestId);
  const draft = useAnswerDraft(runId, requestId);
  const isTaken = useStore(answers.store, ({ accepted }) => accepted.has(key));
  const unsent = useStore(answers.store, (state) => state.waiting.get(key));
  // The buttons stay disabled after the answer is accepted, because the request disappears only a moment later.
  const isSending = isSubmitting || isTaken;
  const submit = (given: Pick<GivenAnswer, 'value' | 'reason'>): void => {
    setSubmitting(true);
    setError(undefined);
    answers.submit({ runId, requestId, title: question.title, isBreakpoint, isSecret, ...given }).then(
      () => setSubmitting(false),
      (thrown: unknown) => {
        const refused = toApiError(thrown);
        setSubmitting(false);
        setError(refused.message);
        // When a request was already decided, the form disappears, so the canvas shows that this answer did not count.
        if (refused.code === 'human_input_decided') showToast(view, lateText(question.title), true);
      },
    );
  };
  const send = (value: unknown, reason?: string): void =>
    submit({ value, ...(reason === undefined || reason.trim() === '' ? {} : { reason: reason.trim() }) });
  const continueRun = (step: boolean): void => submit({ value: { step } });
  return (
    <div className={clsx(styles['request'], 'nodrag nowheel')} data-compact={isCompact || undefined}>
      {isCompact && isBreakpoint ? null : <p className={styles['request-title']}>{question.title}</p>}
      {question.body === undefined || (isCompact && isBreakpoint) || question.details?.['tool'] !== undefined ? null : (
        <div className={styles['request-body']} dir="auto">
          {isBreakpoint ? <p>The run is paused before this node.</p> : <Markdown text={question.body} />}
        </div>
      )}
      {question.details === undefined || isBreakpoint ? null : (
        <RequestDetails details={question.details} ids={{ run: runId, request: requestId }} isCompact={isCompact} />
      )}
      {unsent === undefined ? null : (
        <UnsentAnswer answer={unsent} text={isSecret ? '' : answerText(unsent.value, buttons)} />
      )}
      {/* The form keeps its input while it is hidden, in case the user takes the answer back. */}
      <div className={clsx(styles['request-way'], 'grid gap-8')} hidden={unsent !== undefined}>
        {!mayAnswer ? (
          <p className="quiet">
            {isBreakpoint
              ? 'Continuing needs another role in this project.'
              : 'Answering needs the role approver or owner.'}
          </p>
        ) : isBreakpoint ? (
          <div className="request-actions">
            <button
              type="button"
              className="button button-primary"
              disabled={isSending}
              onClick={() => continueRun(false)}
            >
              Continue
            </button>
            <button type="button" className="button" disabled={isSending} onClick={() => continueRun(true)}>
              Step
            </button>
          </div>
        ) : buttons.length > 0 ? (
          <ButtonAnswer schema={question.schema} buttons={buttons} draft={draft} isSending={isSending} onSend={send} />
        ) : (
          <FieldAnswer schema={question.schema} draft={draft} isSending={isSending} onSend={send} />
        )}
      </div>
      {isCompact || isSending || unsent !== undefined || !draft.isStored ? null : (
        <p className="quiet">
          Your input is kept in this tab until the request is answered{isSecret ? ', except secrets' : ''}.
        </p>
      )}
      <FieldError text={error} />
    </div>
  );
}
