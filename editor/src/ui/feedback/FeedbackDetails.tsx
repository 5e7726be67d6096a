import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactElement, type SyntheticEvent } from 'react';
import { hasFeedback, type FeedbackValues } from './feedback-of-run.js';

const ratings = [1, 2, 3, 4, 5];

/** A form for a rating, a comment and a corrected answer. A rating replaces a thumb. */
export function FeedbackDetails({
  said,
  answer,
  isBusy,
  onSave,
  onRemove,
  onClose,
}: {
  readonly said: FeedbackValues;
  readonly answer?: string | undefined;
  readonly isBusy: boolean;
  readonly onSave: (said: FeedbackValues) => void;
  readonly onRemove: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const [rating, setRating] = useState(said.rating);
  const [comment, setComment] = useState(said.comment ?? '');
  const [correction, setCorrection] = useState(said.correction ?? '');
  const id = useId();
  const first = useRef<HTMLTextAreaElement>(null);
  useEffect(() => first.current?.focus(), []);
  const next: FeedbackValues = {
    ...(rating === undefined ? { thumb: said.thumb } : { rating }),
    comment: comment.trim() || undefined,
    correction: correction.trim() || undefined,
  };
  const save = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (hasFeedback(next)) onSave(next);
  };
  const leave = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    onClose();
  };
  return (
    <form className="feedback-details stack gap-10" aria-label="Feedback" onSubmit={save} onKeyDown={leave}>
      <div className="aligned-wrapped gap-8" role="group" aria-label="Rating, 5 is the best">
        <span className="small-quiet">Rating</span>
        {ratings.map((value) => (
          <button
            key={value}
            type="button"
            className="button button-small feedback-rating"
            aria-pressed={rating === value}
            aria-label={`${value} of 5`}
            onClick={() => setRating(value === rating ? undefined : value)}
          >
            {value}
          </button>
        ))}
        <span className="small-quiet">5 is the best</span>
      </div>
      <label className="field stack gap-4" htmlFor={`${id}-comment`}>
        <span className="small-quiet">Comment</span>
        <textarea
          ref={first}
          id={`${id}-comment`}
          rows={2}
          maxLength={2_000}
          value={comment}
          onChange={(event) => setComment(event.target.value)}
        />
      </label>
      <label className="field stack gap-4" htmlFor={`${id}-correction`}>
        <span className="small-quiet">Corrected answer</span>
        <textarea
          id={`${id}-correction`}
          rows={3}
          maxLength={20_000}
          value={correction}
          onChange={(event) => setCorrection(event.target.value)}
        />
      </label>
      <div className="aligned-wrapped gap-8">
        <button type="submit" className="button button-small" disabled={isBusy || !hasFeedback(next)}>
          Save feedback
        </button>
        {answer === undefined || answer === '' || correction !== '' ? null : (
          <button type="button" className="button button-small" onClick={() => setCorrection(answer.slice(0, 20_000))}>
            Start from the answer
          </button>
        )}
        {hasFeedback(said) ? (
          <button type="button" className="button button-small" disabled={isBusy} onClick={onRemove}>
            Remove feedback
          </button>
        ) : null}
      </div>
    </form>
  );
}
