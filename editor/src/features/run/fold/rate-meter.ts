/** Measures how fast text arrived in the last few seconds, by the time of the events. */
export interface RateMeter {
  add(time: number, characters: number): void;
  /** Tokens per second; undefined in the first half second. */
  rate(): number | undefined;
}

const windowMs = 4000;
const leastMs = 500;
/** English text has about four characters per token. The end of the node brings the exact figure. */
const charactersPerToken = 4.2;

export function createRateMeter(): RateMeter {
  let samples: { readonly time: number; readonly characters: number }[] = [];
  return {
    add: (time, characters) => {
      samples.push({ time, characters });
      if (samples.length > 64 || time - (samples[0]?.time ?? time) > windowMs)
        samples = samples.filter((sample) => time - sample.time <= windowMs);
    },
    rate: () => {
      const first = samples[0];
      const last = samples[samples.length - 1];
      if (first === undefined || last === undefined || last.time - first.time < leastMs) return undefined;
      const characters = samples.reduce((sum, sample) => sum + sample.characters, 0) - first.characters;
      return (characters / charactersPerToken / (last.time - first.time)) * 1000;
    },
  };
}
