/** Where log lines are written, such as standard error. */
interface LogStream {
  /** Bytes that wait until a reader takes them. */
  readonly writableLength: number;
  write(text: string): boolean;
  once(event: 'drain', listener: () => void): unknown;
}

/** How many bytes may wait for a reader. */
const mostBytes = 1_048_576;

/**
 * Writes log lines to a stream whose reader may hang, such as a pipe to another program. The server does not wait for the reader. It
 * buffers a limited number of bytes and drops further lines. Once the stream is read again, one line says how many were dropped.
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
