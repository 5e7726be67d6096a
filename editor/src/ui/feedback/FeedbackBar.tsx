import { MessageSquarePlus, ThumbsDown, ThumbsUp, type LucideIcon } from 'lucide-react';
import { Suspense, useState, type ReactElement, type ReactNode } from 'react';
import { lazyPart } from '../navigation/lazy-page.js';
import type { FeedbackValues } from './feedback-of-run.js';

/** Loads late, because a thumb does not need it. */
const LazyDetails = lazyPart(() => import('./FeedbackDetails.js').then(({ FeedbackDetails }) => FeedbackDetails));

interface FeedbackBarProps {
  /** The user's stored feedback; undefined if there is none. */
  readonly said: FeedbackValues | undefined;
  /** The answer as text, with which a correction starts. */
  readonly answer?: string | undefined;
  readonly isBusy: boolean;
  /** Shown after the buttons, such as an error or thanks. */
  readonly status?: ReactNode;
  readonly onGive: (said: FeedbackValues) => void;
  readonly onRemove: () => void;
}

/** Thumbs for an answer, and a form for a rating, a comment and a corrected answer. Pressing a thumb again removes it. */
export function FeedbackBar({ said = {}, answer, isBusy, status, onGive, onRemove }: FeedbackBarProps): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const { thumb, rating, comment, correction } = said;
  const hasMore = rating !== undefined || comment !== undefined || correction !== undefined;
  const press = (pressed: 'up' | 'down'): void => {
    if (thumb !== pressed) onGive({ comment, correction, thumb: pressed });
    else if (comment === undefined && correction === undefined) onRemove();
    else onGive({ comment, correction });
  };
  return (
    <div className="feedback">
      <div className="aligned-wrapped" role="group" aria-label="Was the answer good?">
        <Thumb
          Icon={ThumbsUp}
          text="Good answer"
          isPressed={thumb === 'up'}
          isBusy={isBusy}
          onClick={() => press('up')}
        />
        <Thumb
          Icon={ThumbsDown}
          text="Bad answer"
          isPressed={thumb === 'down'}
          isBusy={isBusy}
          onClick={() => press('down')}
        />
        <button
          type="button"
          className="icon-button"
          aria-label={hasMore ? 'Change the rating, comment or correction' : 'Rate, comment or correct'}
          data-tip={hasMore ? 'Change the rating, comment or correction' : 'Rate, comment or correct'}
          data-marked={hasMore}
          aria-expanded={isOpen}
          onFocus={() => void LazyDetails.load()}
          onPointerEnter={() => void LazyDetails.load()}
          onClick={() => setOpen((before) => !before)}
        >
          <MessageSquarePlus size={16} aria-hidden />
        </button>
        <span className="small-quiet feedback-status" role="status">
          {status}
        </span>
      </div>
      {isOpen ? (
        <Suspense fallback={null}>
          <LazyDetails
            said={said}
            answer={answer}
            isBusy={isBusy}
            onSave={(next) => {
              onGive(next);
              setOpen(false);
            }}
            onRemove={() => {
              onRemove();
              setOpen(false);
            }}
            onClose={() => setOpen(false)}
          />
        </Suspense>
      ) : null}
    </div>
  );
}

function Thumb({
  Icon,
  text,
  isPressed,
  isBusy,
  onClick,
}: {
  readonly Icon: LucideIcon;
  readonly text: string;
  readonly isPressed: boolean;
  readonly isBusy: boolean;
  readonly onClick: () => void;
}): ReactElement {
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={text}
      data-tip={text}
      aria-pressed={isPressed}
      disabled={isBusy}
      onClick={onClick}
    >
      <Icon size={16} aria-hidden />
    </button>
  );
}
