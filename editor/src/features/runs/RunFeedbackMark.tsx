import type { FeedbackTotals } from '@heddle/core';
import { MessageSquareText, ThumbsDown, ThumbsUp } from 'lucide-react';
import type { ReactElement } from 'react';

/** A mark in a list of runs that sums up the feedback on a run. */
export function RunFeedbackMark({ feedback }: { readonly feedback: FeedbackTotals }): ReactElement {
  const { good, bad, comments, corrections } = feedback;
  return (
    <span className="aligned gap-8" data-tip={textOf(feedback)}>
      <span className="visually-hidden">{textOf(feedback)}</span>
      {good === 0 ? null : (
        <span className="aligned gap-4" aria-hidden>
          <ThumbsUp size={13} /> {good}
        </span>
      )}
      {bad === 0 ? null : (
        <span className="aligned gap-4" aria-hidden>
          <ThumbsDown size={13} /> {bad}
        </span>
      )}
      {comments + corrections === 0 ? null : <MessageSquareText size={13} aria-hidden />}
    </span>
  );
}

function textOf({ count, good, bad, mean, comments, corrections }: FeedbackTotals): string {
  const parts = [`${count} feedback`];
  if (good > 0) parts.push(`${good} good`);
  if (bad > 0) parts.push(`${bad} bad`);
  if (mean !== undefined) parts.push(`mean ${Math.round(mean * 100)} %`);
  if (comments > 0) parts.push(`${comments} with a comment`);
  if (corrections > 0) parts.push(`${corrections} with a correction`);
  return parts.join(', ');
}
