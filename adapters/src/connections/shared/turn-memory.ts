/**
 * Keeps data that a provider needs again in the next request and that our messages have no field for, by the id of a tool call. It is in
 * memory and limited; forgotten data, for example after a restart, is left out of the request.
 */
export interface TurnMemory<Value> {
  keep(callId: string, value: Value): void;
  find(callId: string): Value | undefined;
}

const most = 2_000;

/** Creates a memory for at most 2,000 answers. */
export function createTurnMemory<Value>(): TurnMemory<Value> {
  const kept = new Map<string, Value>();
  return {
    keep(callId, value) {
      kept.delete(callId);
      kept.set(callId, value);
      const [oldest] = kept.keys();
      if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    },
    find: (callId) => kept.get(callId),
  };
}
