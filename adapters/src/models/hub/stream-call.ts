/**
 * Converts a call that reports events into a generator of these events, which returns the result of the call. If a reader leaves the
 * generator early, the call is aborted and awaited, so that no work goes on unnoticed.
 */
export async function* streamCall<Event, Result>(
  start: (onEvent: (event: unknown) => void, signal: AbortSignal) => Promise<Result>,
  parse: (event: unknown) => Event,
  signal: AbortSignal,
): AsyncGenerator<Event, Result> {
  const events: unknown[] = [];
  const left = new AbortController();
  let wake: () => void = () => undefined;
  let isSettled = false;
  const call = start(
    (event) => {
      events.push(event);
      wake();
    },
    AbortSignal.any([signal, left.signal]),
  );
  const settled = call.then(
    () => undefined,
    () => undefined,
  );
  void settled.then(() => {
    isSettled = true;
    wake();
  });
  try {
    for (;;) {
      while (events.length > 0) yield parse(events.shift());
      if (isSettled) return await call;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    left.abort();
    await settled;
  }
}
