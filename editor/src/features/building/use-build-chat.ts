import { useCallback, useEffect, useState, type Dispatch, type SetStateAction } from 'react';
import { client } from '../../data/api/client.js';
import { toApiError, type ApiError } from '../../data/http/http.js';
import { useLive } from '../../data/live/live-context.js';
import { foldAnswer, noAnswer, type ChatAnswer } from './follow-chat.js';

/** A message of the user and the model's answer to it. */
export interface ChatExchange extends ChatAnswer {
  readonly runId: string;
  readonly message: string;
}

interface BuildChat {
  readonly exchanges: readonly ChatExchange[];
  readonly isWorking: boolean;
  readonly error: ApiError | undefined;
  /** Sends a message. Returns the id of the proposal that the model works on, or undefined if the message was refused. */
  readonly send: (message: string, model: string) => Promise<string | undefined>;
  readonly stop: () => void;
}

/** A chat with a model that builds workflows. After a reload, it shows the last message again. */
export function useBuildChat(
  of: {
    readonly workflow: string | undefined;
    readonly proposal: string | undefined;
    readonly run: string | undefined;
  },
  onStep: () => void,
): BuildChat {
  const { workflow, proposal, run } = of;
  const live = useLive();
  const [exchanges, setExchanges] = useState<readonly ChatExchange[]>([]);
  const [error, setError] = useState<ApiError>();
  const current = exchanges.at(-1);
  const runId = current?.runId;
  useLastExchange(run, setExchanges);
  useEffect(() => {
    if (runId === undefined) return undefined;
    return live.watchRun(runId, 0, {
      onEvents: (events) => {
        setExchanges((before) =>
          before.map((exchange) =>
            exchange.runId === runId ? { ...exchange, ...events.reduce(foldAnswer, exchange) } : exchange,
          ),
        );
        if (events.some(({ type }) => type === 'tool-call' || type === 'run-end')) onStep();
      },
    });
  }, [live, runId, onStep]);
  const send = useCallback(
    async (message: string, model: string): Promise<string | undefined> => {
      setError(undefined);
      try {
        const body = { message, model, ...(proposal === undefined ? { workflow } : { proposal }) };
        const begun = await client.POST('/api/build/chats', { body });
        setExchanges((before) => [...before, { ...noAnswer, runId: begun.runId, message }]);
        return begun.proposal;
      } catch (reason) {
        setError(toApiError(reason));
        return undefined;
      }
    },
    [workflow, proposal],
  );
  const stop = useCallback(() => {
    if (runId === undefined) return;
    client
      .POST('/api/runs/{id}/cancel', { params: { path: { id: runId } }, body: {} })
      .catch((reason: unknown) => setError(toApiError(reason)));
  }, [runId]);
  return { exchanges, isWorking: current?.state === 'working', error, send, stop };
}

/** Restores the last message after a reload. */
function useLastExchange(
  run: string | undefined,
  setExchanges: Dispatch<SetStateAction<readonly ChatExchange[]>>,
): void {
  useEffect(() => {
    if (run === undefined) return undefined;
    const controller = new AbortController();
    client.GET('/api/runs/{id}/document', { params: { path: { id: run } }, signal: controller.signal }).then(
      ({ inputs }) => {
        const request = inputs['request']?.value;
        const exchange = { ...noAnswer, runId: run, message: typeof request === 'string' ? request : '' };
        setExchanges((before) => (before.length === 0 ? [exchange] : before));
      },
      // The run was removed after its retention period, so the chat continues without it.
      () => undefined,
    );
    return () => controller.abort();
  }, [run, setExchanges]);
}
