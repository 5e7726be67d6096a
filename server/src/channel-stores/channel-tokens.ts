/** Injects what is stored of each channel, a `ChannelStore`. */
export const CHANNEL_STORE = Symbol('channel store');

/** Injects the store of the rows of batches, a `BatchStore`. */
export const BATCH_STORE = Symbol('batch store');
