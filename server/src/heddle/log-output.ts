/** Where log lines go, such as standard error. */
interface LogStream {
  /** Bytes that wait until somebody reads. */
  readonly writableLength: number;
  write(text: string): boolean;
  once(event: 'drain', listener: () => void): unknown;
}

/** So much may wait for a reader. */
const mostBytes = 1_048_576;

/**
 * Log lines to a stream that perhaps nobody reads, such as a pipe to a program that hangs. The server does not wait for it, and keeps no more
 * than a bound of lines in memory: others are dropped. Their number is a line of its own once the stream is read.
 *
 * @example const output = logOutput(process.stderr, realClock);
 */
export function logOutput(
  stream: LogStream,
  clock: { readonly now: () => number },
  most: number = mostBytes,
): { readonly write: (line: string) => void } {
  let dropped = 0;
  const tellDropped = (): void => {
    const facts = { level: 40, time: clock.now(), dropped, msg: 'log lines were dropped: nobody read them' };
    dropped = 0;
    stream.write(`${JSON.stringify(facts)}\n`);
  };
  return {
    write(line) {
      if (dropped === 0 && stream.writableLength <= most) stream.write(line);
      else if ((dropped += 1) === 1) stream.once('drain', tellDropped);
    },
  };
}
