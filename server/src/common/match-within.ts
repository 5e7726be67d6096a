import { createContext, Script } from 'node:vm';

/** Longer than any reasonable pattern takes, and too short for a person to notice. */
const longestMs = 100;

/** How often a match is tried that was aborted while the process waited for a processor. */
const mostTries = 3;

/**
 * Whether a text matches a user's pattern; undefined if that takes too long. Some patterns, such as `(a+)+$`, take years on a short text
 * and would block the process, so the match is aborted. A match that got no processor time on a busy machine is tried again.
 */
export function matchWithin(pattern: string, text: string): boolean | undefined {
  for (let tries = 1; ; tries += 1) {
    const before = process.cpuUsage();
    const found = tryMatch(pattern, text);
    const { user, system } = process.cpuUsage(before);
    const isSlow = (user + system) / 1_000 > longestMs / 2;
    if (found !== undefined || isSlow || tries === mostTries) return found;
  }
}

function tryMatch(pattern: string, text: string): boolean | undefined {
  try {
    const found: unknown = new Script("new RegExp(pattern, 'u').test(text)").runInContext(
      createContext({ pattern, text }, { codeGeneration: { strings: false, wasm: false } }),
      { timeout: longestMs },
    );
    return found === true;
  } catch (error) {
    // `instanceof` would not do, because the error can come from another realm.
    const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined;
    throw error;
  }
}
