/** The result of a function, and what was written while it ran. */
export interface Captured<T> {
  readonly result: T;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a function and captures what is written to standard output and standard error. */
export async function captureOutput<T>(work: () => Promise<T>): Promise<Captured<T>> {
  const written = { stdout: '', stderr: '' };
  const originals = {
    stdout: process.stdout.write.bind(process.stdout),
    stderr: process.stderr.write.bind(process.stderr),
  };
  for (const name of ['stdout', 'stderr'] as const) {
    process[name].write = (chunk: unknown) => {
      written[name] += chunk instanceof Uint8Array ? Buffer.from(chunk).toString() : String(chunk);
      return true;
    };
  }
  try {
    return { result: await work(), ...written };
  } finally {
    process.stdout.write = originals.stdout;
    process.stderr.write = originals.stderr;
  }
}
