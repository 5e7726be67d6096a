const guarded = new WeakSet<NodeJS.WriteStream>();

/** A reader of the output that closes early, as in `heddle settings | head`, does not end the work: further output is dropped. */
export function dropWhenClosed(...streams: readonly NodeJS.WriteStream[]): void {
  for (const stream of streams) {
    if (guarded.has(stream)) continue;
    guarded.add(stream);
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
