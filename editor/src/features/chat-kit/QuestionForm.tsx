import type { HumanQuestion } from '@heddle/client';
import { useState, type ReactElement } from 'react';
import { ButtonAnswer } from '../../ui/answer/ButtonAnswer.js';
import type { DraftInUse } from '../../ui/answer/answer-draft.js';
import { FieldAnswer } from '../../ui/answer/FieldAnswer.js';
import { FieldError } from '../../ui/fields/FieldError.js';
import { AnswerText } from '../../ui/markdown/AnswerText.js';
import { visibleText } from '../../ui/markdown/visible-text.js';
import { messageOf } from './chat-error.js';
import type { Turn } from './types.js';
import { useChatItself } from './use-chat.js';

/** A question of a run to this user, with its form. */
export function QuestionForm({
  turn,
  question: { requestId, title, body, schema, buttons = [] },
}: {
  readonly turn: Turn;
  readonly question: HumanQuestion;
}): ReactElement {
  const chat = useChatItself();
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [reason, setReason] = useState('');
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState<string>();
  const draft: DraftInUse = {
    values,
    reason,
    setReason,
    setValue: ({ name }, value) => setValues((before) => ({ ...before, [name]: value })),
  };
  const send = (value: unknown, why = ''): void => {
    setSending(true);
    setProblem(undefined);
    chat.answer(turn, requestId, value, why.trim() === '' ? undefined : why.trim()).then(
      () => setSending(false),
      (error: unknown) => {
        setSending(false);
        setProblem(messageOf(error));
      },
    );
  };
  return (
    <section className="question-form boxed stack gap-10" aria-label={visibleText(title)}>
      <p className="strong-text">{visibleText(title)}</p>
      {body === undefined || body === '' ? null : <AnswerText text={body} citations={[]} />}
      {buttons.length > 0 ? (
        <ButtonAnswer {...{ schema, buttons, draft, isSending }} onSend={send} />
      ) : (
        <FieldAnswer {...{ schema, draft, isSending }} onSend={send} />
      )}
      <FieldError text={problem} />
    </section>
  );
}
