/** Injects the `ChannelStore`: the stored channels of each kind. */
export const CHANNEL_STORE = Symbol('channel store');

/** Injects the files and batches of OpenAI clients, `OpenAiFiles`. */
export const OPENAI_FILES = Symbol('files of OpenAI clients');

/** Injects the store of batch rows, a `BatchStore`. */
export const BATCH_STORE = Symbol('batch store');
