import { ThumbsDown, ThumbsUp } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { useMay } from '../../data/access/me-store.js';
import { client } from '../../data/api/client.js';
import { useAction } from '../../data/queries/use-action.js';
import { useTotals } from '../run/index.js';

const thumbs = [
  { thumb: 'up', text: 'Good', Icon: ThumbsUp },
  { thumb: 'down', text: 'Bad', Icon: ThumbsDown },
] as const;

/** A rating of the answer: policies use it as the quality of the run's models. */
export function RunFeedback({ runId }: { readonly runId: string }): ReactElement | null {
  const wrote = (useTotals()?.outputTokens ?? 0) > 0;
  const [given, setGiven] = useState<'up' | 'down'>();
  const send = useAction();
  const mayRate = useMay('run:feedback');
  if (!wrote || !mayRate) return null;
  const give = (thumb: 'up' | 'down'): void =>
    send.run(async () => {
      await client.POST('/api/runs/{id}/feedback', { params: { path: { id: runId } }, body: { thumb } });
      setGiven(thumb);
    });
  return (
    <div className="feedback aligned" role="group" aria-label="Was the answer good?">
      {thumbs.map(({ thumb, text, Icon }) => (
        <button
          key={thumb}
          type="button"
          className="icon-button"
          aria-label={text}
          data-tip={`${text}: rates the models of this run`}
          aria-pressed={given === thumb}
          disabled={send.isBusy}
          onClick={() => give(thumb)}
        >
          <Icon size={15} aria-hidden />
        </button>
      ))}
      <span className="quiet" role="status">
        {send.error !== undefined
          ? send.error.message
          : given === undefined
            ? ''
            : 'Thank you. Policies use your rating.'}
      </span>
    </div>
  );
}
