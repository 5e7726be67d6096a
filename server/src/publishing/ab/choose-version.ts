import { newThread, versionAt, type LivePointer, type RunTest } from '@heddle/core';
import { createHash, randomBytes } from 'node:crypto';

/** Who asks for a version. */
export interface AskingCaller {
  /** The principal and its end user. */
  readonly caller: string;
  /** The conversation, where it is known; `new` where one begins with the run. */
  readonly thread?: string | undefined;
}

/** The test that chose a version. */
export interface ChosenTest extends RunTest {
  /** The id of the thread that begins with the run: the version was chosen by it, and stays that of the thread. */
  readonly newThread?: string | undefined;
}

/** The version of a caller, and the test that chose it. */
interface ChosenVersion {
  readonly version: number;
  readonly test?: ChosenTest;
}

/**
 * The version for a caller who pins none. In a test, a caller (or a conversation of a caller) always gets the same version: the salt of the test and
 * the name are hashed to a point from 0 up to 1, and each arm has slices of that line. The first 32 bits of SHA-256 are the point. A conversation that begins gets
 * its id here, so that its later runs have the same version.
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
