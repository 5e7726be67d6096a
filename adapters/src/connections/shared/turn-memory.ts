/**
 * What a provider wants back with the next turn and our messages have no field for, by the id of a tool call. It is kept in memory
 * and bounded: a turn that is forgotten, such as after a restart, is sent without it.
 */
export interface TurnMemory<Value> {
  keep(callId: string, value: Value): void;
  find(callId: string): Value | undefined;
}

const most = 2_000;

/** Makes a memory of at most 2,000 turns. */
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
