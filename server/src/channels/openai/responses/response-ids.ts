/** The id of the response that belongs to a run. @example responseIdOf('mp3k2') // 'resp_mp3k2' */
export const responseIdOf = (runId: string): string => `resp_${runId}`;

/** The run of a response; undefined if this server did not create the id. */
export const runIdOf = (id: string): string | undefined => /^resp_([0-9a-z]{1,64})$/.exec(id)?.[1];

/** The run of an item in an answer; undefined if this server did not create the id. */
export const runOfItem = (id: string): string | undefined =>
  /^(?:msg|rs|fc)_([0-9a-z]{1,64})(?:_\d{1,4})?$/.exec(id)?.[1];

export const messageIdOf = (runId: string): string => `msg_${runId}`;
export const reasoningIdOf = (runId: string): string => `rs_${runId}`;
export const callIdOf = (runId: string, index: number): string => `fc_${runId}_${index}`;
/** The id of an item in the request. */
export const inputIdOf = (runId: string, index: number): string => `in_${runId}_${index}`;
