import type { ModelCard } from '@heddle/core';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { z } from 'zod';
import { ApiError, send, toApiError } from '../../data/http/http.js';
import { readNamedEvents } from '../../data/http/read-named-events.js';
import { formatDuration } from '../../ui/format/format-duration.js';
import { LinesField } from '../../ui/fields/FormFields.js';
import { Notice } from '../../ui/states/Notice.js';
import styles from './models.module.css';

const Event = z.discriminatedUnion('type', [
  z.object({ type: z.literal('waiting'), position: z.number() }),
  z.object({ type: z.literal('started') }),
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('reasoning'), text: z.string() }),
  z.object({ type: z.literal('tool-call') }),
  z.object({
    type: z.literal('end'),
    finishReason: z.string(),
    usage: z.object({
      inputTokens: z.number(),
      outputTokens: z.number(),
      firstTokenMs: z.number().optional(),
      totalMs: z.number().optional(),
    }),
  }),
  z.object({ type: z.literal('error'), error: z.object({ code: z.string(), message: z.string() }) }),
]);

interface Attempt {
  readonly state: string;
  readonly text: string;
  readonly figures?: string;
  readonly error?: ApiError;
}

/** Sends one prompt to a model and streams its answer. */
export function TryPrompt({ card }: { readonly card: ModelCard }): ReactElement {
  const [prompt, setPrompt] = useState('Write one sentence about weaving.');
  const [attempt, setAttempt] = useState<Attempt>();
  const [isBusy, setBusy] = useState(false);
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);
  const run = async (): Promise<void> => {
    const { signal } = (stop.current = new AbortController());
    let now: Attempt = { state: 'Sent. The model is loaded first if needed.', text: '' };
    const show = (change: Partial<Attempt>): void => setAttempt((now = { ...now, ...change }));
    show({});
    setBusy(true);
    try {
      const { body } = await send(`/api/models/${encodeURIComponent(card.id)}/try`, {
        method: 'POST',
        body: { prompt, maxTokens: 256 },
        signal,
      });
      if (body === null) throw new ApiError('unexpected', 'The server sent an empty reply.', 200);
      for await (const { data } of readNamedEvents(body)) show(changeBy(Event.parse(data), now));
    } catch (error) {
      show(signal.aborted ? { state: 'Stopped' } : { state: 'Failed', error: toApiError(error) });
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className="dialog-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy) void run();
      }}
    >
      <LinesField title="Prompt" value={prompt} rows={4} isRequired isFirst onChange={setPrompt} />
      <div className="dialog-actions">
        {isBusy ? (
          <button type="button" className="button" onClick={() => stop.current?.abort()}>
            Stop
          </button>
        ) : null}
        <button type="submit" className="button button-primary" disabled={isBusy || prompt.trim() === ''}>
          Send
        </button>
      </div>
      {attempt === undefined ? null : (
        <section className={styles['tried']} aria-label="Answer">
          <p className="quiet" role="status">
            {attempt.state}
          </p>
          {attempt.text === '' ? null : <p className="tried-text">{attempt.text}</p>}
          {attempt.figures === undefined ? null : <p className="quiet figure">{attempt.figures}</p>}
          {attempt.error === undefined ? null : <Notice error={attempt.error} />}
        </section>
      )}
    </form>
  );
}

function changeBy(event: z.infer<typeof Event>, now: Attempt): Partial<Attempt> {
  switch (event.type) {
    case 'waiting':
      return { state: `Waiting for a slot, position ${event.position}` };
    case 'started':
      return { state: 'Reading the prompt' };
    case 'text':
      return { state: 'Writing', text: now.text + event.text };
    case 'reasoning':
      return { state: 'Thinking' };
    case 'tool-call':
      return {};
    case 'error':
      return { state: 'Failed', error: new ApiError(event.error.code, event.error.message, 0) };
    case 'end':
      return {
        state: event.finishReason === 'length' ? 'Done: cut off at 256 tokens' : 'Done',
        figures: figuresOf(event.usage),
      };
  }
}

function figuresOf({
  inputTokens,
  outputTokens,
  firstTokenMs,
  totalMs,
}: {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly firstTokenMs?: number | undefined;
  readonly totalMs?: number | undefined;
}): string {
  const writing = totalMs === undefined || firstTokenMs === undefined ? 0 : totalMs - firstTokenMs;
  return [
    `${inputTokens} → ${outputTokens} tokens`,
    ...(firstTokenMs === undefined ? [] : [`first token ${formatDuration(firstTokenMs)}`]),
    ...(writing > 0 && outputTokens > 1 ? [`${(((outputTokens - 1) / writing) * 1000).toFixed(1)} tokens/s`] : []),
  ].join(' · ');
}
