/**
 * The one progress view: a line a step, with what it is doing; on a terminal the last line is rewritten in place, elsewhere
 * each step says that it began and how it ended.
 */
export function createProgress(stream = process.stderr) {
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
    /** Says how far the step is; redrawn at most ten times a second. */
    update(detail) {
      if (current === undefined) return;
      current.detail = detail;
      if (Date.now() - drawn < 100) return;
      drawn = Date.now();
      draw('·');
    },
    /** Ends the step. */
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
    /** Ends the step with a failure and says what to do. */
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

/** Bytes for people: `94 MB`. */
export function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
