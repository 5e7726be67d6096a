const guarded = new WeakSet<NodeJS.WriteStream>();

/** Drops further output if its reader closes early, as in `heddle settings | head`, so that the work itself goes on. */
export function dropWhenClosed(...streams: readonly NodeJS.WriteStream[]): void {
  for (const stream of streams) {
    if (guarded.has(stream)) continue;
    guarded.add(stream);
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
