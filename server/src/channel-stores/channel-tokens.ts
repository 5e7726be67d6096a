/** Injects what is stored of each channel, a `ChannelStore`. */
export const CHANNEL_STORE = Symbol('channel store');

/** Injects the files and batches of OpenAI's clients, `OpenAiFiles`. */
export const OPENAI_FILES = Symbol('files of OpenAI clients');

/** Injects the store of the rows of batches, a `BatchStore`. */
export const BATCH_STORE = Symbol('batch store');
