/** A part that is opened at its first use, once. */
export interface Lazy<T> {
  get(): Promise<T>;
  /** Whether it was opened. */
  readonly isOpen: boolean;
  /** Closes the part when it was opened; a later `get` opens it again. */
  close(): Promise<void>;
}

/** Makes a part lazy. A failed opening is tried again at the next use. */
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
