/**
 * Creates the progress display that all tools use: a line for each step. On a terminal, the last line is rewritten in place; elsewhere,
 * each step prints a line at its start and one at its end.
 */
export function createProgress() {
  const stream = process.stderr;
  const isTerminal = stream.isTTY === true;
  let current;
  let drawn = 0;

  const line = (mark, step) => `${mark} ${step.title.padEnd(16)} ${step.detail}`.trimEnd();
  const draw = (mark) => {
    if (current === undefined || !isTerminal) return;
    const width = stream.columns ?? 80;
    stream.write(`\r\x1b[2K${line(mark, current).slice(0, width - 1)}`);
  };

  return {
    /** Begins a step. */
    start(title, detail = '') {
      current = { title, detail, since: Date.now() };
      drawn = 0;
      if (isTerminal) draw('·');
      else stream.write(`${line('·', current)}\n`);
    },
    /** Updates the detail of the step; redraws at most ten times a second. */
    update(detail) {
      if (current === undefined) return;
      current.detail = detail;
      if (Date.now() - drawn < 100) return;
      drawn = Date.now();
      draw('·');
    },
    /** Ends the step with success. */
    done(detail) {
      if (current === undefined) return;
      const seconds = (Date.now() - current.since) / 1000;
      current.detail = `${detail ?? current.detail}${seconds >= 1 ? ` (${seconds.toFixed(0)} s)` : ''}`;
      if (isTerminal) {
        draw('✓');
        stream.write('\n');
      } else stream.write(`${line('✓', current)}\n`);
      current = undefined;
    },
    /** Ends the step with a failure and prints the message. */
    fail(message) {
      if (current !== undefined && isTerminal) {
        draw('✗');
        stream.write('\n');
      }
      stream.write(`${message}\n`);
      current = undefined;
    },
  };
}

/** Writes bytes for people: `94 MB`. */
export function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
