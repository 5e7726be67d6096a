export { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest, test } from '@jest/globals';

/** Takes the framework of the spec file that comes next. */
export function bindGlobals(globals: object): void;
