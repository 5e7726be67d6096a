/** Names of inputs that identify the conversation of a run. */
export const threadName = /^(?:session|conversation|thread|chat)(?:_?id)?$/i;

/** Finds the conversation of a run in its inputs; undefined if no input names one. @example threadOf({ session: 's1' }) // 's1' */
export function threadOf(inputs: Readonly<Record<string, unknown>>): string | undefined {
  for (const [name, value] of Object.entries(inputs))
    if (threadName.test(name) && typeof value === 'string' && value !== '') return value;
  return undefined;
}
