import { Copy, RotateCcw, type LucideIcon } from 'lucide-react';
import { memo, useState, type ReactElement } from 'react';
import { ChatAnswer, ChatQuestion } from '../../ui/chat/ChatMessages.js';
import { FeedbackBar } from '../../ui/feedback/FeedbackBar.js';
import { visibleText } from '../../ui/markdown/visible-text.js';
import { CitedList, useCited } from './CitedList.js';
import { HumanInput } from './HumanInput.js';
import { SaveFile } from './SaveFile.js';
import { isPending } from './turns.js';
import type { Chat, Turn } from './types.js';

interface TurnProps {
  readonly turn: Turn;
  readonly isLast: boolean;
  readonly chat: Chat;
}

/** A question with its answer. */
export const TurnView = memo(function TurnView({ turn, isLast, chat }: TurnProps): ReactElement {
  const { question, files, answer, status, given, runId = '', error } = turn;
  const cited = useCited(answer, turn.sources);
  const server = chat.server();
  return (
    <article className="chat-turn stack">
      {question === '' && files.length === 0 ? null : <ChatQuestion text={question} files={files} />}
      <ChatAnswer
        text={answer}
        isWriting={status === 'running'}
        sources={cited.sources}
        mark={cited.mark}
        error={error}
      >
        {given.map((file) =>
          server.file === undefined ? (
            <p key={file.id}>{visibleText(file.name)}</p>
          ) : (
            <SaveFile key={file.id} file={file} read={async (id) => (await server.file?.(runId, id)) ?? new Blob()} />
          ),
        )}
        <CitedList cited={cited} />
        <HumanInput turn={turn} />
      </ChatAnswer>
      {isPending(turn) ? null : <AnswerButtons turn={turn} isLast={isLast} chat={chat} />}
    </article>
  );
});

/** Only the last question can be asked again, as later ones build on its answer. */
function AnswerButtons({ turn, isLast, chat }: TurnProps): ReactElement {
  const [copied, setCopied] = useState<string>();
  const isAnswer = turn.status === 'done';
  const copy = (): void =>
    void navigator.clipboard.writeText(turn.answer).then(
      () => setCopied('Copied'),
      () => setCopied('This browser does not allow copying'),
    );
  return (
    <div className="answer-buttons">
      {isAnswer ? <IconButton text={copied ?? 'Copy'} Icon={Copy} onClick={copy} /> : null}
      {isLast ? <IconButton text="Try again" Icon={RotateCcw} onClick={() => chat.again(turn.id)} /> : null}
      {isAnswer && turn.runId !== undefined ? (
        <FeedbackBar
          said={turn.said}
          answer={turn.answer}
          isBusy={false}
          status={turn.ratingProblem}
          onGive={(said) => chat.rate(turn, said)}
          onRemove={() => chat.rate(turn, undefined)}
        />
      ) : null}
    </div>
  );
}

function IconButton({
  text: caption,
  Icon,
  onClick,
}: {
  readonly text: string;
  readonly Icon: LucideIcon;
  readonly onClick: () => void;
}): ReactElement {
  return (
    <button type="button" className="icon-button" data-tip={caption} aria-label={caption} onClick={onClick}>
      <Icon size={17} aria-hidden />
    </button>
  );
}
