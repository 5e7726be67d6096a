/** A reader of the output that closes early, as in `heddle settings | head`, does not end the work: further output is dropped. */
export function dropClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
}
