import { createContext, Script } from 'node:vm';

/** Longer than any sound pattern takes, and too short to be noticed. */
const longestMs = 100;

/**
 * Whether a text matches a user's pattern; undefined where that takes too long. Some patterns, such as `(a+)+$`, take years on a short
 * text and would block the process, so the match is aborted.
 */
export function matchWithin(pattern: string, text: string, mostMs = longestMs): boolean | undefined {
  try {
    const found: unknown = new Script("new RegExp(pattern, 'u').test(text)").runInContext(
      createContext({ pattern, text }, { codeGeneration: { strings: false, wasm: false } }),
      { timeout: mostMs },
    );
    return found === true;
  } catch (error) {
    // The error can come from another realm.
    const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined;
    throw error;
  }
}
