import { newThread, versionAt, type LivePointer, type RunTest } from '@heddle/core';
import { createHash, randomBytes } from 'node:crypto';

/** The caller that needs a version of a published workflow. */
export interface AskingCaller {
  /** The principal, with its end user. */
  readonly caller: string;
  /** The conversation, if known; `new` if the run begins one. */
  readonly thread?: string | undefined;
}

/** The test that chose a version. */
export interface ChosenTest extends RunTest {
  /**
   * The id of the thread that begins with the run. The version was chosen from this id, so later runs of the thread get the same version.
   */
  readonly newThread?: string | undefined;
}

interface ChosenVersion {
  readonly version: number;
  readonly test?: ChosenTest;
}

/**
 * Chooses the version for a caller who pins none. During a test, the same caller (or the same conversation of a caller) always gets the
 * same version: the first 32 bits of SHA-256 over the salt of the test and the name give a point from 0 up to 1, and each arm owns slices
 * of that range. A new conversation gets its id here, so that its later runs get the same version.
 *
 * @example chooseVersion({ version: 3 }, { caller: 'key:k' }) // { version: 3 }
 */
export function chooseVersion({ version, test }: LivePointer, { caller, thread }: AskingCaller): ChosenVersion {
  if (test === undefined) return { version };
  const begun = test.sticky === 'conversation' && thread === newThread ? randomBytes(12).toString('hex') : undefined;
  const conversation = begun ?? thread;
  const name = test.sticky === 'conversation' && conversation !== undefined ? `${caller} ${conversation}` : caller;
  const digest = createHash('sha256').update(`${test.salt} ${name}`).digest();
  const chosen = versionAt(test.slices, digest.readUInt32BE(0) / 2 ** 32) ?? version;
  return { version: chosen, test: { id: test.id, unit: digest.toString('base64url', 0, 16), newThread: begun } };
}
