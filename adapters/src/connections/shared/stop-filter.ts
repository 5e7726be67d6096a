/** Cuts a text stream before its first stop string, even if that arrives in pieces. */
interface StopFilter {
  /** Adds text, and returns the text that cannot be the beginning of a stop string. */
  push(text: string): string;
  /** Returns the held-back text at the end of the stream. */
  rest(): string;
  readonly isStopped: boolean;
}

/** Creates a stop filter. Providers leave stop strings out themselves, but some models and servers ignore them. */
export function createStopFilter(stops: readonly string[]): StopFilter {
  const wanted = stops.filter((stop) => stop !== '');
  const longest = Math.max(0, ...wanted.map((stop) => stop.length));
  let held = '';
  let isStopped = false;
  return {
    get isStopped() {
      return isStopped;
    },
    push(text) {
      if (isStopped) return '';
      held += text;
      const found = Math.min(...wanted.map((stop) => held.indexOf(stop)).filter((index) => index >= 0));
      if (Number.isFinite(found)) {
        isStopped = true;
        const before = held.slice(0, found);
        held = '';
        return before;
      }
      const keep = tailThatMayGoOn(held, wanted, longest);
      const sure = held.slice(0, held.length - keep);
      held = held.slice(held.length - keep);
      return sure;
    },
    rest() {
      const text = held;
      held = '';
      return text;
    },
  };
}

/** The length of the longest end of a text that is the beginning of a stop string. */
function tailThatMayGoOn(text: string, stops: readonly string[], longest: number): number {
  for (let length = Math.min(longest - 1, text.length); length > 0; length -= 1) {
    const tail = text.slice(text.length - length);
    if (stops.some((stop) => stop.startsWith(tail))) return length;
  }
  return 0;
}
