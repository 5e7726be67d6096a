import { JobReply, ModelState } from '@heddle/core';
import { useCallback, useEffect, useState } from 'react';
import { z } from 'zod';
import { client } from '../../data/api/client.js';
import { toApiError, type ApiError } from '../../data/http/http.js';
import { useLive } from '../../data/live/live-context.js';

const ModelStates = z.object({ models: z.array(ModelState) });

/** The models on this machine and in the catalogue, live; undefined until they are loaded. */
export function useModels(): readonly ModelState[] | undefined {
  const live = useLive();
  const [models, setModels] = useState<readonly ModelState[]>();
  useEffect(
    () =>
      live.watchTopic('models', {
        onEvents: (states) => {
          const parsed = ModelStates.safeParse(states.at(-1));
          if (parsed.success) setModels(parsed.data.models);
        },
      }),
    [live],
  );
  return models;
}

interface Pull {
  readonly job: JobReply | undefined;
  readonly isPulling: boolean;
  readonly error: ApiError | undefined;
  readonly begin: () => void;
}

/** The download of a model with its progress, wherever it was started. */
export function usePull(modelId: string): Pull {
  const live = useLive();
  const [job, setJob] = useState<JobReply>();
  const [isAsked, setAsked] = useState(false);
  const [error, setError] = useState<ApiError>();
  useEffect(
    () =>
      live.watchTopic('jobs', {
        onEvents: (states) => {
          const mine = states
            .flatMap((state) => {
              const parsed = JobReply.safeParse(state);
              return parsed.success && parsed.data.kind === 'pull' && parsed.data.subject === modelId
                ? [parsed.data]
                : [];
            })
            .sort((a, b) => a.createdAt - b.createdAt)
            .at(-1);
          if (mine !== undefined)
            setJob((before) => (before === undefined || mine.createdAt >= before.createdAt ? mine : before));
        },
      }),
    [live, modelId],
  );
  const begin = useCallback(() => {
    setAsked(true);
    setError(undefined);
    client
      .POST('/api/models/{id}/pull', { params: { path: { id: modelId } } })
      .catch((problem: unknown) => setError(toApiError(problem)))
      .finally(() => setAsked(false));
  }, [modelId]);
  const isPulling = isAsked || job?.status === 'queued' || job?.status === 'running';
  return { job, isPulling, error, begin };
}
