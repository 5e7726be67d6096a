/** A part that is opened once, when it is first used. */
export interface Lazy<T> {
  get(): Promise<T>;
  readonly isOpen: boolean;
  /** Closes the part if it is open. A later `get` opens it again. */
  close(): Promise<void>;
}

/** Makes a part lazy. After a failure, the next use tries again. */
export function lazy<T>(open: () => Promise<T>, close: (part: T) => Promise<void> = () => Promise.resolve()): Lazy<T> {
  let opening: Promise<T> | undefined;
  return {
    get isOpen() {
      return opening !== undefined;
    },
    get: () => {
      opening ??= open().catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return opening;
    },
    close: async () => {
      const part = opening;
      opening = undefined;
      if (part !== undefined) await close(await part);
    },
  };
}
