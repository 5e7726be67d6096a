import type { AnnotationQueue, AnnotationRequest, AnnotationTask } from '@heddle/core';
import { useCallback, useEffect, useState } from 'react';
import { client } from '../../data/api/client.js';
import { useAction } from '../../data/queries/use-action.js';
import type { ApiError } from '../../data/http/http.js';

/** The item that the user works on, and its actions. */
export interface QueueTask {
  /** Undefined while it loads; null if no item is left for the user. */
  readonly task: AnnotationTask | null | undefined;
  readonly isBusy: boolean;
  readonly error: ApiError | undefined;
  /** Whether the user has an annotation in this queue that can be undone. */
  readonly mayUndo: boolean;
  readonly annotate: (said: AnnotationRequest) => void;
  readonly undo: () => void;
  readonly next: () => void;
}

/** Takes the items of a queue one after the other. */
export function useQueueTask({ id }: Pick<AnnotationQueue, 'id'>, onChange: () => void): QueueTask {
  const [task, setTask] = useState<AnnotationTask | null>();
  const [count, setCount] = useState(0);
  const { isBusy, error, run } = useAction();
  const take = useCallback(async (): Promise<void> => {
    const reply = await client.POST('/api/annotation-queues/{id}/next', { params: { path: { id } } });
    setTask(reply.task ?? null);
  }, [id]);
  const next = useCallback(() => run(take), [run, take]);
  useEffect(() => next(), [next]);
  const annotate = useCallback(
    (annotation: AnnotationRequest) => {
      if (task === undefined || task === null) return;
      run(async () => {
        const params = { path: { id, item: task.item } };
        await client.POST('/api/annotation-queues/{id}/items/{item}/annotation', { params, body: annotation });
        setCount((before) => before + 1);
        onChange();
        await take();
      });
    },
    [id, task, run, take, onChange],
  );
  const undo = useCallback(
    () =>
      run(async () => {
        const reply = await client.POST('/api/annotation-queues/{id}/undo', { params: { path: { id } } });
        setCount((before) => Math.max(0, before - 1));
        onChange();
        if (reply.task === undefined) await take();
        else setTask(reply.task);
      }),
    [id, run, take, onChange],
  );
  return { task, isBusy, error, mayUndo: count > 0, annotate, undo, next };
}
